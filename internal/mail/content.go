package mail

// Content is what one letter says, in the language of its reader. HTML and text are made from it by [Render].
//
// Strings may hold values marked by [Name]; everything else in them is taken as our own words. A line break inside
// a text block is kept, one in the subject is an error.
type Content struct {
	// Subject is the subject line. It is required.
	Subject string
	// Preheader is the line that mail programs show beside the subject in a list; it is not visible in the letter.
	Preheader string
	// Title is the headline of the letter. Without one the letter begins with the greeting.
	Title string
	// Greeting addresses the reader, such as "Hello Ada,".
	Greeting string
	// Blocks are the body, in order. At least one is required.
	Blocks []Block
	// Footer says why the reader gets this letter and what to do if it was not expected.
	Footer string
}

// Block is one part of a letter's body: [Text], [Typed], [Heading], [Quote], [Button], [Link], [Facts], [Steps], [Code] or
// [Note]. The set is closed, because each kind has to be drawn twice, as HTML and as text.
type Block interface{ block() }

type (
	// Text is a paragraph.
	Text string

	// Typed is a paragraph that an organization's admin wrote for its letters. It is shown like Text, but no mail program
	// makes a link of anything in it.
	Typed string

	// Heading stands above a section, such as the name of a service in a welcome letter.
	Heading string

	// Quote repeats what a person wrote, word for word, as that person's words. By may be empty.
	Quote struct{ Text, By string }

	// Button is the one thing to do. Its address is also written out, for readers whose program does not show
	// buttons or who want to see where they are going. A letter has at most one.
	Button struct{ Label, URL string }

	// Link is a further place to go to, such as the page to download an app from.
	Link struct{ Label, URL string }

	// Facts is a short list of labels and values.
	Facts []Fact

	// Steps is a numbered list.
	Steps []string

	// Code is a short code that the reader types or copies.
	Code string

	// Note is an aside in smaller type: how long a link lives, what to do in doubt.
	Note string
)

// Fact is one line of [Facts].
type Fact struct{ Label, Value string }

func (Text) block()    {}
func (Typed) block()   {}
func (Heading) block() {}
func (Quote) block()   {}
func (Button) block()  {}
func (Link) block()    {}
func (Facts) block()   {}
func (Steps) block()   {}
func (Code) block()    {}
func (Note) block()    {}

// Identity is the face that an organization shows in its letters. All of it was typed by an administrator and is
// treated like any other text of a person.
type Identity struct {
	// Name of the organization, shown above the letter.
	Name string
	// SenderName is the name in the From header; empty means Name.
	SenderName string
	// ReplyTo is where answers go; empty means to the sender.
	ReplyTo string
	// Color is the organization's color as #rrggbb. Whatever it is, letters stay readable: its lightness is
	// adjusted until it has the contrast that WCAG AA asks for. Empty or malformed means the default.
	Color string
	// Logo is a picture in place of the initial, and of the name too where it is
	// wide enough to hold it.
	Logo Logo
}

// Logo is a picture that an organization shows in its letters. Its address is a path of ours, which Post completes,
// or absolute; a letter whose logo has no such address is sent without one. Width and Height are the picture's own.
type Logo struct {
	Address       string
	Width, Height int
}

// Message is a rendered letter.
type Message struct{ Subject, HTML, Text string }
