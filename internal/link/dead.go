package link

import (
	"errors"

	"roster/internal/errs"
)

// Dead takes the refusal of a link that once worked out of an error: a page can
// still say whose it was, and what to do now. What it does not know it answers
// as an error again.
func Dead(err error) (*errs.Error, error) {
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.KindGone {
		return e, nil
	}
	return nil, err
}
