package wording

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/lang"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/phone"
)

// Hooks are filled once, in app/reactions.go.
var Hooks struct {
	// Letters are all letters whose texts can be changed, in the order in which
	// pages show them.
	Letters func() []Letter
}

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{List, Get, Preview, Save, Restore}
}

// For are the words of a letter in a language: what the organization's admins
// have written, else ours. It is for the transaction that sends the letter.
func For(t *op.Tx, l Letter, language string) (Words, error) {
	ctx := mail.Writing(language, "")
	w := Words{letter: l, lang: lang.Tag(ctx).String()}
	s, err := find(t, l.Kind, w.lang)
	switch {
	case errs.KindOf(err) == errs.KindNotFound:
		return w, nil
	case err != nil:
		return w, err
	}
	w.own = &s.Texts
	return w, nil
}

// Overview is one letter, and where its words are the organization's own.
type Overview struct {
	Letter       string   `json:"letter" example:"invitation"`
	Name         string   `json:"name" doc:"What it is, in English."`
	Placeholders []Value  `json:"placeholders" doc:"What may stand in its texts, in double braces."`
	Changed      []string `json:"changed" doc:"The languages in which the organization has words of its own."`
	letter       Letter
}

// Overviews answers the list.
type Overviews struct {
	Items []Overview `json:"items"`
}

// List answers all letters whose texts can be changed.
var List = op.Query[op.Nothing, Overviews]{
	Name: "letter.list", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: list,
}

// Ref names a letter in a language.
type Ref struct {
	Letter   string `path:"letter" json:"-"`
	Language string `path:"language" json:"-"`
}

// Text is what a letter says in a language.
type Text struct {
	Letter       string  `json:"letter" example:"invitation"`
	Language     string  `json:"language" example:"de"`
	Placeholders []Value `json:"placeholders" doc:"What may stand in the texts, in double braces."`
	Texts
	Original  Texts      `json:"original" doc:"What Roster says where the organization has written nothing."`
	ChangedAt *time.Time `json:"changed_at" doc:"null where the text is the original."`
	Version   int        `json:"version" doc:"0 where the text is the original."`
	letter    Letter
}

// ETag is the version as a tag.
func (t Text) ETag() string { return fmt.Sprintf(`"v%d"`, t.Version) }

// Get answers what a letter says in a language. Errors: not_found.
var Get = op.Query[Ref, Text]{
	Name: "letter.get", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: get,
}

// Draft is what somebody has typed.
type Draft struct {
	Ref
	Texts
}

// Preview answers the letter as somebody who does not exist would get it. It
// changes nothing. Errors: not_found, validation_failed.
var Preview = op.Query[Draft, mail.Message]{
	Name: "letter.preview", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: preview,
}

// Change replaces the words of a letter. Shown is the version that a form was
// made of, where 0 is the original; it counts beside Version.
type Change struct {
	Ref
	Version int64 `ifmatch:"version" json:"-"`
	Texts
	Shown *int `json:"-"`
}

// Save replaces the words of a letter in a language. Errors: not_found,
// validation_failed, version_conflict.
var Save = op.Command[Change, Text]{
	Name: "letter.save", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: save,
}

// Undo names words of an organization's own.
type Undo struct {
	Ref
	Version int64 `ifmatch:"version" json:"-"`
}

// Restore takes the organization's own words away: the letter says ours again.
// Errors: not_found, also where there are none; version_conflict.
var Restore = op.Command[Undo, op.Nothing]{
	Name: "letter.restore", Needs: authz.SettingsManage, Scope: authz.InOrg, Run: restore,
}

// letter finds the letter and the language, both of which must be ours.
func (r Ref) letter() (Letter, context.Context, error) {
	all := Hooks.Letters()
	at := slices.IndexFunc(all, func(l Letter) bool { return l.Kind == r.Letter })
	if at < 0 || !phone.ValidLanguage(r.Language) {
		return Letter{}, nil, errs.NotFound()
	}
	return all[at], mail.Writing(r.Language, ""), nil
}

func list(t *op.Tx, _ op.Nothing) (Overviews, error) {
	own, err := written(t)
	if err != nil {
		return Overviews{}, err
	}
	english := mail.Writing("en", "")
	all := Overviews{Items: []Overview{}}
	for _, l := range Hooks.Letters() {
		o := Overview{Letter: l.Kind, Name: l.Title.In(english), Placeholders: l.Values, Changed: []string{}, letter: l}
		for _, s := range own {
			if s.Letter == l.Kind {
				o.Changed = append(o.Changed, s.Language)
			}
		}
		all.Items = append(all.Items, o)
	}
	return all, nil
}

func get(t *op.Tx, in Ref) (Text, error) {
	l, ctx, err := in.letter()
	if err != nil {
		return Text{}, err
	}
	out := Text{Letter: l.Kind, Language: in.Language, Placeholders: l.Values, Original: l.original(ctx), letter: l}
	s, err := find(t, l.Kind, in.Language)
	if errs.KindOf(err) == errs.KindNotFound {
		out.Texts = out.Original
		return out, nil
	}
	out.Texts, out.ChangedAt, out.Version = s.Texts, &s.ChangedAt, s.Version
	return out, err
}

func preview(t *op.Tx, in Draft) (mail.Message, error) {
	l, _, err := in.letter()
	if err != nil {
		return mail.Message{}, err
	}
	var c errs.Check
	texts := l.check(in.Texts, &c)
	if err := c.Err(); err != nil {
		return mail.Message{}, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return mail.Message{}, err
	}
	letter := l.Sample(t, o, Words{letter: l, lang: in.Language, own: &texts})
	return mail.Preview(t, letter)
}

func save(t *op.Tx, in Change) (Text, error) {
	l, _, err := in.letter()
	if err != nil {
		return Text{}, err
	}
	var c errs.Check
	texts := l.check(in.Texts, &c)
	if err := c.Err(); err != nil {
		return Text{}, err
	}
	old, err := find(t, l.Kind, in.Language)
	isNew := errs.KindOf(err) == errs.KindNotFound
	if err != nil && !isNew {
		return Text{}, err
	}
	if in.Version != 0 && int(in.Version) != old.Version || in.Shown != nil && *in.Shown != old.Version {
		return Text{}, errs.Changed()
	}
	now := stored{Letter: l.Kind, Language: in.Language, Texts: texts, ChangedAt: t.Now(), Version: old.Version}
	changes := op.Diff(old.Texts, texts)
	switch {
	case isNew:
		err = insert(t, now)
	case len(changes) == 0:
		return get(t, in.Ref)
	default:
		err = update(t, now)
	}
	if err != nil {
		return Text{}, err
	}
	if err := t.Record(op.Event{Name: "letter.changed", Subject: now.subject(), Changes: changes}); err != nil {
		return Text{}, err
	}
	return get(t, in.Ref)
}

func restore(t *op.Tx, in Undo) (op.Nothing, error) {
	l, _, err := in.letter()
	if err != nil {
		return op.Nothing{}, err
	}
	s, err := find(t, l.Kind, in.Language)
	if err != nil {
		return op.Nothing{}, err
	}
	if in.Version != 0 && int(in.Version) != s.Version {
		return op.Nothing{}, errs.Changed()
	}
	if err := remove(t, s); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(op.Event{Name: "letter.restored", Subject: s.subject(), Changes: op.Diff(s.Texts, Texts{})})
}
