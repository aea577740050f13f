package wording

import (
	"roster/internal/errs"
	"roster/internal/op"
)

const columns = `letter, language, subject, opening, closing, changed_at, version`

// find reads what was written for a letter in a language, or answers
// errs.NotFound.
func find(t *op.Tx, letter, language string) (stored, error) {
	return op.One[stored](t, `select `+columns+` from letter_texts where org_id = :org and letter = :letter and language = :language`,
		op.Args{"letter": letter, "language": language})
}

// written lists all that was written: some ten letters in some five languages.
func written(t *op.Tx) ([]stored, error) {
	return op.All[stored](t, `select `+columns+` from letter_texts where org_id = :org order by letter, language`, nil)
}

// insert adds a row, unless somebody has done so meanwhile.
func insert(t *op.Tx, s stored) error {
	n, err := t.Exec(`insert into letter_texts (org_id, letter, language, subject, opening, closing, changed_at, version)
		values (:org, :letter, :language, :subject, :opening, :closing, :at, 1)
		on conflict (org_id, letter, language) do nothing`, s.args())
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

// update writes a row, if nobody has changed it since.
func update(t *op.Tx, s stored) error {
	args := s.args()
	args["version"] = s.Version
	n, err := t.Exec(`update letter_texts set subject = :subject, opening = :opening, closing = :closing, changed_at = :at, version = version + 1
		where org_id = :org and letter = :letter and language = :language and version = :version`, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	return err
}

func (s stored) args() op.Args {
	return op.Args{
		"letter": s.Letter, "language": s.Language, "subject": s.Subject, "opening": s.Opening, "closing": s.Closing, "at": s.ChangedAt,
	}
}

func remove(t *op.Tx, s stored) error {
	return t.ExecOne(`delete from letter_texts where org_id = :org and letter = :letter and language = :language`,
		op.Args{"letter": s.Letter, "language": s.Language})
}
