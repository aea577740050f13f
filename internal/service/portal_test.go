package service_test

import (
	"strings"
	"testing"

	"roster/internal/app/apptest"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/service"
)

func TestAnOperatorDefinesAServiceInThePortal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, service.Pages, operator.Pages).AsOperator()
		if page := b.Get("/operator/services"); !page.Has("No service yet", "New service") {
			t.Errorf("the empty list: %+v", page)
		}
		form := b.Get("/operator/services/new")
		if !form.Has("Permission 3", "Name of permission 3", `name="everybody" value="2"`) || form.Has("Permission 4") {
			t.Errorf("the form: %+v", form)
		}
		// The second of three rows is empty; the boxes belong to the rows that they stand in.
		rows := []string{
			"name", "Fax", "link", "https://fax.example", "license_required", "on", "install_text", "Get it.", "welcome_text", "",
			"permission", "fax.send", "permission", " ", "permission", "fax.monitor",
			"permission_name", "Send faxes", "permission_name", "", "permission_name", "See <all> faxes",
			"everybody", "0", "delivery", "2",
		}
		with := func(more ...string) []string { return append(more, rows...) }
		more := b.Post("/operator/services", with("key", "Fax", "more", "1")...)
		if more.Status != 200 || !more.Has("Permission 8", `value="fax.monitor"`, `value="Fax"`, "See &lt;all&gt; faxes") || more.Has("needs a correction") {
			t.Errorf("more rows: %+v", more)
		}
		wrong := b.Post("/operator/services", with("key", "Fax", "link", "ftp://fax.example")...)
		if wrong.Status != 422 || !wrong.Has(`id="key-e"`, `id="link-e"`, `value="ftp://fax.example"`, `value="fax.send"`, `id="everybody-0" name="everybody" value="0" checked`, `id="delivery-1" name="delivery" value="1" checked`) {
			t.Errorf("wrong: %+v", wrong)
		}
		if wrong.Has(`value="0" checked aria`, `id="everybody-1" name="everybody" value="1" checked`) {
			t.Errorf("a box went to another row: %+v", wrong)
		}
		if page := b.Follow(b.Post("/operator/services", with("key", "fax")...)); !page.Has("The service Fax is there.", "1 service, by name", `href="/operator/services/fax"`, "required") {
			t.Errorf("made: %+v", page)
		}
		s, err := service.Get.Do(t.Context(), w.Door, apptest.OperatorCall(), service.Ref{Key: "fax"})
		if err != nil || len(s.Permissions) != 2 || !s.Permissions[0].Everybody || s.Permissions[0].Delivery || s.Permissions[1].Everybody || !s.Permissions[1].Delivery || s.UsesNumbers {
			t.Errorf("made %+v, %v", s, err)
		}
		if twice := b.Post("/operator/services", with("key", "fax")...); twice.Status != 422 || !twice.Has("There is a service with this key already", `id="key-e"`) {
			t.Errorf("the same key: %+v", twice)
		}
		if taken := b.Post("/operator/services", with("key", "mail")...); taken.Status != 422 || !taken.Has(`id="permission-0-e"`, `id="permission-1-e"`, "The service Fax has declared this permission already.") {
			t.Errorf("taken permissions: %+v", taken)
		}
		twice := append([]string{"permission", "fax.send", "permission_name", ""}, rows...)
		if answer := b.Post("/operator/services", append([]string{"key", "two"}, twice...)...); answer.Status != 422 || !answer.Has(`id="permission-name-0-e"`, `id="permission-1-e"`, "stands here twice") {
			t.Errorf("twice, and without a name: %+v", answer)
		}

		if page := b.Get("/operator/services/fax"); !page.Has(`name="version" value="1"`, `value="See &lt;all&gt; faxes"`, "Permission 5", "readonly") {
			t.Errorf("the form of it: %+v", page)
		}
		if page := b.Follow(b.Post("/operator/services/fax", "version", "1", "name", "Facsimile", "permission", "fax.send", "permission_name", "Send")); !page.Has("The service Facsimile has been saved.", "not required") {
			t.Errorf("changed: %+v", page)
		}
		late := b.Post("/operator/services/fax", "version", "1", "name", "Late", "permission", "fax.late", "permission_name", "Late")
		if late.Status != 412 || !late.Has("Somebody changed the service meanwhile", `value="Late"`, `name="version" value="2"`) {
			t.Errorf("on an old version: %+v", late)
		}
		if gone := b.Get("/operator/services/nothing"); gone.Status != 404 {
			t.Errorf("one that does not exist: %+v", gone)
		}
		if none := b.Get("/operator/services?q=zzz"); !none.Has("No service matches", "zzz") {
			t.Errorf("nothing found: %+v", none)
		}
	})
}

func TestAnOperatorSubscribesAnOrganizationInThePortal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, service.Pages, org.Pages, operator.Pages).AsOperator()
		at := "/operator/organizations/" + string(w.A.Org.ID) + "/subscriptions"
		if page := b.Get("/operator/organizations/" + string(w.A.Org.ID)); !page.Has(`href="` + at + `"`) {
			t.Errorf("the organization's page does not lead to it: %+v", page)
		}
		if page := b.Get(at); !page.Has("Alpha", "subscribed to nothing", "There is no service yet") {
			t.Errorf("before there is a service: %+v", page)
		}
		fax(t, w)
		if page := b.Get(at); !page.Has(`<option value="fax"`, `value="`+day(t, w, 0)+`"`) {
			t.Errorf("the page: %+v", page)
		}
		if wrong := b.Post(at, "service", "", "starts_on", "2026-05-01", "ends_on", "2026-04-01"); wrong.Status != 422 || !wrong.Has(`id="service-e"`, `id="ends_on-e"`, `value="2026-05-01"`, `value="2026-04-01"`) {
			t.Errorf("wrong: %+v", wrong)
		}
		if page := b.Follow(b.Post(at, "service", "fax", "starts_on", "2026-05-01", "ends_on", "")); !page.Has("Alpha is subscribed to Fax.", "In force", "1 May 2026", "without end") {
			t.Errorf("subscribed: %+v", page)
		}
		if twice := b.Post(at, "service", "fax", "starts_on", "2027-01-01"); twice.Status != 422 || !twice.Has("is subscribed to Fax from 2026-05-01 on, without end", `value="2027-01-01"`) {
			t.Errorf("twice: %+v", twice)
		}
		shown, err := service.Show.Do(t.Context(), w.Door, on(w.A), op.Nothing{})
		if err != nil {
			t.Fatal(err)
		}
		one := at + "/" + string(shown.Subscriptions[0].ID)
		if page := b.Get(one); !page.Has("Subscription to Fax", `value="2026-05-01"`, `name="version" value="1"`) {
			t.Errorf("the form of it: %+v", page)
		}
		if wrong := b.Post(one, "version", "1", "starts_on", "2026-05-01", "ends_on", "2026-04-01"); wrong.Status != 422 || !wrong.Has(`id="ends_on-e"`, `value="2026-04-01"`) {
			t.Errorf("ended before it began: %+v", wrong)
		}
		if page := b.Follow(b.Post(one, "version", "1", "starts_on", "2026-05-01", "ends_on", "2026-05-31")); !page.Has("The subscription to Fax has been saved.", "31 May 2026", "Ended") {
			t.Errorf("ended: %+v", page)
		}
		if late := b.Post(one, "version", "1", "starts_on", "2026-05-01", "ends_on", "2026-06-30"); late.Status != 412 || !late.Has("Somebody changed the subscription meanwhile", `value="2026-06-30"`, `name="version" value="2"`) {
			t.Errorf("on an old version: %+v", late)
		}
		theirs := strings.Replace(one, string(w.A.Org.ID), string(w.B.Org.ID), 1)
		if got := b.Get(theirs); got.Status != 404 {
			t.Errorf("in another organization: %+v", got)
		}
		if got := b.Post(theirs, "version", "2", "starts_on", "2026-05-01"); got.Status != 404 {
			t.Errorf("changed in another organization: %+v", got)
		}
		if gone := b.Get("/operator/organizations/nowhere/subscriptions"); gone.Status != 404 {
			t.Errorf("in no organization: %+v", gone)
		}
	})
}

func TestNobodyOfAnOrganizationSeesTheOperatorsServices(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		fax(t, w)
		b := w.Browser(t, service.Pages, operator.Pages).As(w.A.Admin, w.A)
		for _, path := range []string{"services", "services/new", "services/fax", "services/nothing", "organizations/alpha/subscriptions", "organizations/alpha/subscriptions/sub_1"} {
			if got := b.Get("/operator/" + path); got.Status != 303 || got.Has("Fax") || !strings.HasPrefix(got.Location, "/operator/sign-in") {
				t.Errorf("%s: %+v", path, got)
			}
			if path == "services/new" {
				continue
			}
			if got := b.Post("/operator/"+path, "key", "mine", "name", "Mine", "service", "fax"); got.Status != 303 || !strings.HasPrefix(got.Location, "/operator/sign-in") {
				t.Errorf("posting to %s: %+v", path, got)
			}
		}
		if got := inForce(t, w, w.A); got != "" {
			t.Errorf("in force: %s", got)
		}
	})
}

func TestTheSettingOfWelcomesInThePortal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, org.Pages).As(w.A.Admin, w.A)
		form := []string{
			"version", "1", "name", "Alpha", "color", "#228833", "language", "en", "time_zone", "UTC",
			"invitation_days", "7", "session_idle_minutes", "30", "session_max_hours", "12", "password_min_length", "20",
		}
		if page := b.Follow(b.Post("/o/alpha/settings", append(form, "welcome_mails", "false")...)); !page.Has(`name="welcome_mails" value="false" checked`) {
			t.Errorf("turned off: %+v", page)
		}
		form[1] = "2"
		if page := b.Follow(b.Post("/o/alpha/settings", append(form, "welcome_mails", "true")...)); !page.Has(`name="welcome_mails" value="true" checked`) {
			t.Errorf("turned on: %+v", page)
		}
	})
}

func TestAnOperatorDefinesAndSellsAPlanInThePortal(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, service.Pages, operator.Pages).AsOperator()
		b.Follow(b.Post("/operator/services", "key", "fax", "name", "Fax", "permission", "fax.send", "permission_name", "Send"))
		if wrong := b.Post("/operator/services/fax/plans", "key", "Pro", "name", ""); wrong.Status != 422 || !wrong.Has("Enter a name for the plan.", `id="key-e"`, `value="Pro"`) {
			t.Errorf("wrong: %+v", wrong)
		}
		if page := b.Follow(b.Post("/operator/services/fax/plans", "key", "pro", "name", "Pro", "permissions", "fax.send")); !page.Has("The plan Pro has been saved.", "/operator/services/fax/plans/pro") {
			t.Errorf("made: %+v", page)
		}
		if again := b.Post("/operator/services/fax/plans", "key", "pro", "name", "Another"); again.Status != 422 || !again.Has(`id="key-e"`) {
			t.Errorf("the same key: %+v", again)
		}
		if again := b.Post("/operator/services/fax/plans", "key", "two", "name", "pro"); again.Status != 422 || !again.Has(`id="name-e"`) {
			t.Errorf("the same name: %+v", again)
		}
		if page := b.Get("/operator/services/fax/plans/pro"); !page.Has(`value="Pro"`, `value="fax.send" checked`) {
			t.Errorf("the plan: %+v", page)
		}
		if page := b.Follow(b.Post("/operator/services/fax/plans/pro", "version", "1", "name", "Professional")); !page.Has("The plan Professional has been saved.") {
			t.Errorf("changed: %+v", page)
		}
		if late := b.Post("/operator/services/fax/plans/pro", "version", "1", "name", "Late"); late.Status != 412 || !late.Has("Somebody changed the plan meanwhile.", `value="Late"`) {
			t.Errorf("too late: %+v", late)
		}
		p, err := service.GetPlan.Do(t.Context(), w.Door, apptest.OperatorCall(), service.PlanRef{Service: "fax", Key: "pro"})
		if err != nil || p.Name != "Professional" || len(p.Permissions) != 0 || p.Model != service.Named {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := service.CreatePlan.Do(t.Context(), w.Door, apptest.OperatorCall(), service.NewPlan{Service: "fax", Key: "x", Model: "seat", PlanInput: service.PlanInput{Name: patch.To("X"), Permissions: patch.To(role.Permissions{"mail.send"})}}); !errs.Is(err, "validation_failed") {
			t.Errorf("a model that there is not, and the permission of another service: %v", err)
		}
		if _, err := service.CreatePlan.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), service.NewPlan{Service: "fax", Key: "x", Model: service.Named}); err == nil {
			t.Error("an admin made a plan")
		}
		if page := b.Follow(b.Post("/operator/organizations/alpha/subscriptions", "service", "fax/pro", "quantity", "9", "starts_on", "2026-01-01")); !page.Has("Fax Professional", ">9<") {
			t.Errorf("sold: %+v", page)
		}
		if wrong := b.Post("/operator/organizations/alpha/subscriptions", "service", "fax/pro", "quantity", "none", "starts_on", "2026-01-01"); wrong.Status != 422 || !wrong.Has(`id="quantity-e"`) {
			t.Errorf("no quantity: %+v", wrong)
		}
	})
}
