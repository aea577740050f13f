package photo

import (
	"fmt"
	"time"

	"roster/internal/id"
)

// Photo is a user's picture as we have made it.
type Photo struct {
	Version   int64     `db:"version" json:"version" doc:"Grows with each photo of the user."`
	CreatedAt time.Time `db:"created_at" json:"created_at"`

	kind  Kind
	image []byte
}

// ETag is the version as an entity tag.
func (p Photo) ETag() string { return fmt.Sprintf(`"v%d"`, p.Version) }

// Shown is a photo with its picture, which is what it answers to programs.
type Shown struct{ Photo }

// File implements api.File.
func (s Shown) File() (mediaType string, content []byte) { return string(s.kind), s.image }

// row is a photo as it is stored.
type row struct {
	User id.User `db:"user_id"`
	Photo
	Kind  Kind   `db:"type"`
	Image []byte `db:"image"`
}

func (r row) shown() Shown {
	r.kind, r.image = r.Kind, r.Image
	return Shown{r.Photo}
}

// next is the version of the photo after one: it never comes again, even when all
// photos have been removed meanwhile, so that no browser shows an old one for it.
func next(before int64, now time.Time) int64 { return max(before+1, now.UnixMilli()) }
