package app

import (
	"github.com/a-h/templ"

	"roster/internal/web"
	"roster/internal/web/ui"
)

// gallery shows every component of the portal in all of its states. It is there
// in demo mode only, for whoever changes the look.
func gallery(k *web.Kit) {
	for path, page := range map[string]func() templ.Component{
		"/gallery": ui.Gallery, "/gallery/users": ui.GalleryUsers, "/gallery/sign-in": ui.GallerySignIn, "/gallery/error": ui.GalleryError,
	} {
		web.Page(k, "GET "+path, func(*web.Context) (web.Response, error) { return web.Render(page()), nil }, web.Public("fixtures"))
	}
}
