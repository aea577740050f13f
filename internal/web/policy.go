package web

const policyHeader = "Content-Security-Policy"

// Framing lets the page show pages of ours in frames: the policy of all others forbids any.
func (r Response) Framing() Response {
	return r.underPolicy(func(ours string) string { return ours + "; frame-src 'self'" })
}

// Policy answers under another Content-Security-Policy than the kit's: for a page whose content is not ours.
func (r Response) Policy(policy string) Response {
	return r.underPolicy(func(string) string { return policy })
}

func (r Response) underPolicy(change func(ours string) string) Response {
	if r.answer == nil {
		return r
	}
	return Response{func(c *Context) error {
		header := c.w.Header()
		ours := header.Get(policyHeader)
		header.Set(policyHeader, change(ours))
		err := r.answer(c)
		if err != nil {
			header.Set(policyHeader, ours) // the error page is the kit's again
		}
		return err
	}}
}
