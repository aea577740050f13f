package app

import (
	"slices"

	"roster/internal/access"
	"roster/internal/account"
	"roster/internal/adduser"
	"roster/internal/apikey"
	"roster/internal/auditlog"
	"roster/internal/contact"
	"roster/internal/doctor"
	"roster/internal/enroll"
	"roster/internal/field"
	"roster/internal/group"
	"roster/internal/invite"
	"roster/internal/license"
	"roster/internal/link"
	"roster/internal/mail"
	"roster/internal/mailbox"
	"roster/internal/number"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/org"
	"roster/internal/people"
	"roster/internal/photo"
	"roster/internal/role"
	"roster/internal/seat"
	"roster/internal/self"
	"roster/internal/sender"
	"roster/internal/service"
	"roster/internal/signin"
	"roster/internal/team"
	"roster/internal/throttle"
	"roster/internal/user"
	"roster/internal/wording"
)

// Operations lists everything that Roster does, feature by feature.
func Operations() []op.Operation {
	return slices.Concat(
		[]op.Operation{op.Sweep, whoami},
		doctor.Operations(),
		link.Operations(),
		throttle.Operations(),
		operator.Operations(),
		org.Operations(),
		group.Operations(),
		role.Operations(),
		account.Operations(),
		service.Operations(),
		field.Operations(),
		user.Operations(),
		team.Operations(),
		license.Operations(),
		number.Operations(),
		photo.Operations(),
		wording.Operations(),
		invite.Operations(),
		adduser.Operations(),
		contact.Operations(),
		access.Operations(),
		seat.Operations(),
		sender.Operations(),
		people.Operations(),
		signin.Operations(),
		enroll.Operations(),
		self.Operations(),
		apikey.Operations(),
		auditlog.Operations(),
		mail.Operations(),
		mailbox.Operations(),
	)
}
