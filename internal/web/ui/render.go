package ui

import (
	"context"
	"io"
)

// Every component is a value: a struct that renders itself. Those below hold everything in their fields.

// Render implements templ.Component.
func (c Button) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c LinkButton) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c PostButton) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c ErrorSummary) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Field) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c FieldNote) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Textarea) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Select) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Checkbox) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Choices) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Picks) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c PasswordField) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Strength) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Steps) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Job) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Flash) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (j Jump) Render(ctx context.Context, w io.Writer) error { return j.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Crumb) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Meta) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Tabs) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Pager) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c MenuItem) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c MenuRule) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c State) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Badge) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Tag) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c FileField) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Avatar) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Person) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c When) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Fit) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Strip) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Progress) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Share) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Seats) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Peaks) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Outcomes) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Outcome) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Facts) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c History) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Secret) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Code) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Column) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c Cell) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Render implements templ.Component.
func (c PersonRow) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Those below have children too, given with With() { … }; without children they stand alone.

// Render implements templ.Component.
func (c Form) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c FormSection) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Fields) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c FormFoot) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Page) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Public) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Gate) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Problem) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c PageHead) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c CardHead) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c SectionHead) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Menu) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Notice) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Empty) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c ConfirmPage) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c ConfirmDialog) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Table) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c People) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c Toolbar) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }

// Render implements templ.Component.
func (c RowMenu) Render(ctx context.Context, w io.Writer) error { return c.With().Render(ctx, w) }
