package op

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"roster/internal/errs"
	"roster/internal/secret"
)

// Page limits of every list.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// Paging is what every list takes. It stands in a query's input by embedding.
type Paging struct {
	Limit  int    `query:"limit" json:"-" minimum:"1" maximum:"500" doc:"How many items; 50 if left out."`
	Cursor string `query:"cursor" json:"-" doc:"next_cursor of the page before."`
	Count  bool   `query:"count" json:"-" doc:"Also count all that match, as total."`
}

// Page is one page of a list. Next is nil on the last one.
type Page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next_cursor"`
	Total *int    `json:"total,omitempty"`
}

// Size is the limit to use; a limit out of range is refused.
func (p Paging) Size() (int, error) {
	switch {
	case p.Limit == 0:
		return DefaultLimit, nil
	case p.Limit < 1 || p.Limit > MaxLimit:
		return 0, errs.Malformed("invalid_parameter", "limit must be between 1 and %d.", MaxLimit)
	}
	return p.Limit, nil
}

// Cursor seals where a list goes on. It opens only in the same list (its name
// holds filters and order, too) of the same organization.
func (t *Tx) Cursor(list string, at any) (string, error) {
	clear, err := json.Marshal(at)
	if err != nil {
		return "", t.breakWith(err)
	}
	return base64.RawURLEncoding.EncodeToString(t.Seal(t.cursorPlace(list), clear)), nil
}

// OpenCursor reads a cursor into at. Anything that Cursor has not made for
// this list is refused with invalid_cursor.
func (t *Tx) OpenCursor(list, cursor string, at any) error {
	refusal := errs.Malformed("invalid_cursor", "This cursor belongs to another list or is broken. Begin again without one.")
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return refusal
	}
	clear, err := t.Open(t.cursorPlace(list), sealed)
	if err != nil || json.Unmarshal(clear, at) != nil {
		return refusal
	}
	return nil
}

func (t *Tx) cursorPlace(list string) secret.Place {
	return secret.Place{Table: "cursor", Row: string(t.org), Column: list}
}

// Cut makes a page of the limit+1 rows that a store has read: the one too many
// tells that there is a next page. at gives the key of a row to go on after.
func Cut[T any](t *Tx, list string, rows []T, limit int, at func(T) any) (Page[T], error) {
	page := Page[T]{Items: rows}
	if page.Items == nil {
		page.Items = []T{}
	}
	if len(rows) > limit {
		page.Items = rows[:limit]
		next, err := t.Cursor(list, at(rows[limit-1]))
		if err != nil {
			return Page[T]{}, err
		}
		page.Next = &next
	}
	return page, nil
}

// Like is the pattern of `like … escape '\'` that finds part anywhere in a text.
func Like(part string) string { return "%" + LikePrefix(part) }

// LikePrefix is the pattern that finds what begins with part.
func LikePrefix(part string) string { return likeEscape.Replace(part) + "%" }

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
