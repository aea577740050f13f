package mailbox

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/mail"
	"roster/internal/op"
)

// Operations lists what this package does.
func Operations() []op.Operation { return []op.Operation{keep, List, Open} }

// most is how many messages stay.
const most = 500

// Sender keeps letters on this machine instead of sending them.
type Sender struct{ Door *op.Door }

// Send implements mail.Sender. A letter that comes again, because the answer to
// the first try got lost, lies here once.
func (s Sender) Send(ctx context.Context, e mail.Envelope) error {
	if _, ok := idOf(e.MessageID); !ok {
		return &mail.Error{Permanent: true, Reason: "the message id is not valid"}
	}
	_, err := keep.Do(ctx, s.Door, op.Call{By: authz.Worker("mailbox")}, e)
	return err
}

var keep = op.Command[mail.Envelope, op.Nothing]{
	Name: "mailbox.keep", Needs: authz.SystemWork, Scope: authz.System, Relaxed: true,
	Quiet: "sending a letter is not a change that somebody made",
	Run: func(t *op.Tx, e mail.Envelope) (op.Nothing, error) {
		if err := insert(t, e); err != nil {
			return op.Nothing{}, err
		}
		return op.Nothing{}, trim(t, most)
	},
}

// Listing is a page of the list, and the time to count ages from.
type Listing struct {
	op.Page[Headline]
	Now time.Time
}

// List answers the messages, newest first. See the package's comment for why
// anybody may ask. Errors: not_found on an installation with a public name,
// invalid_parameter, invalid_cursor.
var List = op.Query[op.Paging, Listing]{
	Name: "mailbox.list", Needs: authz.Everybody, Scope: authz.Public, Run: list,
}

// Ref names a message.
type Ref struct{ ID string }

// Open answers one message. See the package's comment for why anybody may ask.
// Error: not_found, also on an installation with a public name.
var Open = op.Query[Ref, Message]{
	Name: "mailbox.open", Needs: authz.Everybody, Scope: authz.Public,
	Run: func(t *op.Tx, in Ref) (Message, error) {
		if err := atHome(t); err != nil {
			return Message{}, err
		}
		return byID(t, in.ID)
	},
}

func list(t *op.Tx, in op.Paging) (Listing, error) {
	l := Listing{Now: t.Now()}
	if err := atHome(t); err != nil {
		return l, err
	}
	limit, err := in.Size()
	if err != nil {
		return l, err
	}
	var after *position
	if in.Cursor != "" {
		after = &position{}
		if err := t.OpenCursor(listName, in.Cursor, after); err != nil {
			return l, err
		}
	}
	rows, err := page(t, after, limit+1)
	if err != nil {
		return l, err
	}
	l.Page, err = op.Cut(t, listName, rows, limit, func(h Headline) any { return position{h.At, h.ID} })
	if err == nil && in.Count {
		var n int
		n, err = count(t)
		l.Total = &n
	}
	return l, err
}

// listName names the list for cursors.
const listName = "mailbox"

// atHome refuses an installation that others reach by a name.
func atHome(t *op.Tx) error {
	if !ShownAt(t.URL("/")) {
		return errs.NotFound()
	}
	return nil
}

// ShownAt reports whether an installation with this public URL shows its
// mailbox. Elsewhere nobody reads what lands there: configure a mail server.
func ShownAt(publicURL string) bool {
	u, err := url.Parse(publicURL)
	return err == nil && isThisMachine(u.Hostname())
}

// isThisMachine reports whether a host name or address leads nowhere else.
func isThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && address.Unmap().IsLoopback()
}
