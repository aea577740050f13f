package contact

import (
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/photo"
	"roster/internal/user"
)

// PhotoOf names the teammate whose photo somebody wants to see.
type PhotoOf struct {
	ID id.User `path:"user" json:"-"`
	As id.User `query:"as" json:"-" doc:"With an API key: the user whose teammate it is."`
}

// Photo answers the photo of a teammate. Error: not_found, also for whom one does
// not see, and where there is none.
var Photo = op.Query[PhotoOf, photo.Shown]{
	Name: "contact.photo", Needs: authz.UsersView, Scope: authz.OnBehalf,
	Run: func(t *op.Tx, in PhotoOf) (photo.Shown, error) {
		me, err := owner(t, in.As)
		if err != nil {
			return photo.Shown{}, err
		}
		other, err := user.ByID(t, in.ID)
		if err != nil {
			return photo.Shown{}, err
		}
		answer, err := between(t, me, other)
		if err != nil {
			return photo.Shown{}, err
		}
		if !answer.Allowed {
			return photo.Shown{}, errs.NotFound()
		}
		return photo.Of(t, other.ID)
	},
}

// withPhotos adds to a page of contacts which of them have a photo.
func withPhotos(t *op.Tx, page []Contact) error {
	var mates []id.User
	for _, one := range page {
		if one.Kind == Teammate {
			mates = append(mates, one.User)
		}
	}
	versions, err := photo.Versions(t, mates)
	for i, one := range page {
		page[i].Photo = versions[one.User]
	}
	return err
}
