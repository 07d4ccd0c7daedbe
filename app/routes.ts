import { flatRoutes } from '@remix-run/fs-routes'

/** Routes are the files and folders of app/routes. */
export default flatRoutes()
