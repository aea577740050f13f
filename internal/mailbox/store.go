package mailbox

import (
	"encoding/json"
	"time"

	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/secret"
)

// head is the part of a message that the list shows. It is sealed apart, so
// that the list need not open the messages.
type head struct{ To, Subject string }

func place(id, column string) secret.Place {
	return secret.Place{Table: "mailbox", Row: id, Column: column}
}

// insert keeps a message, if it is not there already.
func insert(t *op.Tx, e mail.Envelope) error {
	id, _ := idOf(e.MessageID)
	headline, err := json.Marshal(head{e.To, e.Message.Subject})
	if err != nil {
		return err
	}
	message, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = t.Exec(`-- across organizations: the mailbox is the machine's
		insert into mailbox (id, at, head, message) values (:id, :now, :head, :message) on conflict (id) do nothing`, op.Args{
		"id": id, "now": t.Now(), "head": t.Seal(place(id, "head"), headline), "message": t.Seal(place(id, "message"), message),
	})
	return err
}

// trim keeps the newest messages only.
func trim(t *op.Tx, most int) error {
	_, err := t.Exec(`-- across organizations: the mailbox is the machine's
		delete from mailbox where id not in (select id from mailbox order by at desc, id desc limit :most)`, op.Args{"most": most})
	return err
}

// position is where a list goes on.
type position struct {
	At time.Time `json:"t"`
	ID string    `json:"i"`
}

// page reads headlines, newest first.
func page(t *op.Tx, after *position, limit int) ([]Headline, error) {
	text := `-- across organizations: the mailbox is the machine's
		select id, at, head from mailbox `
	args := op.Args{"limit": limit}
	if after != nil {
		text += `where (at, id) < (:at, :id) `
		args["at"], args["id"] = after.At, after.ID
	}
	rows, err := op.All[struct {
		ID   string    `db:"id"`
		At   time.Time `db:"at"`
		Head []byte    `db:"head"`
	}](t, text+`order by at desc, id desc limit :limit`, args)
	if err != nil {
		return nil, err
	}
	list := make([]Headline, len(rows))
	for i, r := range rows {
		var h head
		if err := open(t, place(r.ID, "head"), r.Head, &h); err != nil {
			return nil, err
		}
		list[i] = Headline{r.ID, r.At, h.To, h.Subject}
	}
	return list, nil
}

func count(t *op.Tx) (int, error) {
	return op.One[int](t, `-- across organizations: the mailbox is the machine's
		select count(*) from mailbox`, nil)
}

func byID(t *op.Tx, id string) (Message, error) {
	m := Message{ID: id}
	sealed, err := op.One[[]byte](t, `-- across organizations: the mailbox is the machine's
		select message from mailbox where id = :id`, op.Args{"id": id})
	if err != nil {
		return m, err
	}
	return m, open(t, place(id, "message"), sealed, &m.Envelope)
}

// open reads what insert has sealed.
func open(t *op.Tx, at secret.Place, sealed []byte, into any) error {
	clear, err := t.Open(at, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(clear, into)
}
