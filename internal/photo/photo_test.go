package photo_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/api"
	"roster/internal/apikey"
	"roster/internal/app"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/contact"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/photo"
	"roster/internal/secret"
	"roster/internal/self"
	"roster/internal/user"
	"roster/internal/web"
)

// picture is a file of one color.
func picture(c color.Color) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		r, g, b, a := c.RGBA()
		m.Pix[i] = []byte{byte(r >> 8), byte(g >> 8), byte(b >> 8), byte(a >> 8)}[i%4]
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

var red, blue = picture(color.RGBA{200, 0, 0, 255}), picture(color.RGBA{0, 0, 200, 255})

func set(t *testing.T, w *apptest.World, call op.Call, file []byte) photo.Photo {
	t.Helper()
	p, err := photo.Set.Do(t.Context(), w.Door, call, photo.Upload{File: file})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stored is how many photos an organization has.
func stored(t *testing.T, w *apptest.World, o id.Org) (n int) {
	t.Helper()
	w.Put(t, o, func(t *op.Tx) (err error) {
		n, err = op.One[int](t, `select count(*) from user_photos where org_id = :org`, nil)
		return err
	})
	return n
}

func TestAPhotoIsItsOwners(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, call, admin := w.A.User.User, w.A.User.Call(w.A), w.A.Admin.Call(w.A)
		if _, err := photo.Own.Do(t.Context(), w.Door, call, op.Nothing{}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("none yet: %v", err)
		}
		w.Advance(time.Second)
		since := w.Now(t)
		first := set(t, w, call, red)
		second := set(t, w, call, blue)
		if second.Version <= first.Version || second.ETag() == first.ETag() {
			t.Errorf("versions %d, %d", first.Version, second.Version)
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"photo.changed", "photo.changed"}) {
			t.Errorf("events %v", names)
		}
		got, err := photo.Get.Do(t.Context(), w.Door, admin, user.Ref{ID: u.ID})
		if kind, image := got.File(); err != nil || kind != "image/jpeg" || len(image) == 0 || len(image) > 20_000 || got.Version != second.Version {
			t.Errorf("%s of %d bytes, %v", kind, len(image), err)
		}
		if _, err := photo.Set.Do(t.Context(), w.Door, call, photo.Upload{File: []byte("<svg/>")}); !errs.Is(err, "validation_failed") {
			t.Errorf("what is no picture: %v", err)
		}
		if _, err := photo.Get.Do(t.Context(), w.Door, call, user.Ref{ID: w.A.Admin.User.ID}); errs.KindOf(err) != errs.KindForbidden {
			t.Errorf("somebody else's, for who sees nobody: %v", err)
		}
		for name, call := range map[string]op.Call{"in the other organization": w.B.Admin.Call(w.B), "from the other organization": w.B.Admin.CallIn(w.A.Org.ID, w.B)} {
			if _, err := photo.Get.Do(t.Context(), w.Door, call, user.Ref{ID: u.ID}); err == nil {
				t.Errorf("%s: it can be seen", name)
			}
			if _, err := photo.Withdraw.Do(t.Context(), w.Door, call, user.Ref{ID: u.ID}); err == nil {
				t.Errorf("%s: it can be removed", name)
			}
		}
		if _, err := photo.Remove.Do(t.Context(), w.Door, call, op.Nothing{}); err != nil || stored(t, w, w.A.Org.ID) != 0 {
			t.Errorf("removed: %v", err)
		}
		if third := set(t, w, call, red); third.Version <= second.Version {
			t.Errorf("version %d again", third.Version)
		}
	})
}

func TestAnAdminRemovesAPhoto(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u, admin := w.A.User.User, w.A.Admin.Call(w.A)
		set(t, w, w.A.User.Call(w.A), red)
		set(t, w, admin, blue)
		made, err := apikey.Create.Do(t.Context(), w.Door, admin, apikey.New{Name: "helper", Permissions: []authz.Permission{authz.UsersManage, authz.UsersView}})
		if err != nil {
			t.Fatal(err)
		}
		hash, _ := secret.HashToken(made.Secret, secret.APIKey)
		helper := op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
		if _, err := photo.Withdraw.Do(t.Context(), w.Door, helper, user.Ref{ID: w.A.Admin.User.ID}); !errs.Is(err, "target_above_caller") {
			t.Errorf("of somebody above: %v", err)
		}
		w.Advance(time.Second)
		since := w.Now(t)
		for i, want := range []errs.Kind{0, errs.KindNotFound} {
			_, err := photo.Withdraw.Do(t.Context(), w.Door, helper, user.Ref{ID: u.ID})
			if i == 0 && err != nil || i > 0 && errs.KindOf(err) != want {
				t.Errorf("time %d: %v", i+1, err)
			}
		}
		if names := apptest.Names(w.Events(t, w.A.Org.ID, since)); !slices.Equal(names, []string{"photo.withdrawn"}) || stored(t, w, w.A.Org.ID) != 1 {
			t.Errorf("events %v", names)
		}
	})
}

func TestAPhotoGoesWithItsUser(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ref, admin := user.Ref{ID: w.A.User.User.ID}, w.A.Admin.Call(w.A)
		set(t, w, w.A.User.Call(w.A), red)
		set(t, w, w.B.User.Call(w.B), red)
		if _, err := user.Deactivate.Do(t.Context(), w.Door, admin, ref); err != nil || stored(t, w, w.A.Org.ID) != 1 {
			t.Errorf("deactivated: %v", err)
		}
		if _, err := user.Delete.Do(t.Context(), w.Door, admin, ref); err != nil || stored(t, w, w.A.Org.ID) != 0 || stored(t, w, w.B.Org.ID) != 1 {
			t.Errorf("deleted: %v", err)
		}
	})
}

func TestPhotosAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		call := w.A.User.Call(w.A)
		versions := make([]int64, 5)
		var all sync.WaitGroup
		for i := range versions {
			all.Go(func() {
				p, err := photo.Set.Do(t.Context(), w.Door, call, photo.Upload{File: red})
				if versions[i] = p.Version; err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		slices.Sort(versions)
		got, err := photo.Own.Do(t.Context(), w.Door, call, op.Nothing{})
		if err != nil || len(slices.Compact(versions)) != 5 || got.Version != versions[4] || stored(t, w, w.A.Org.ID) != 1 {
			t.Errorf("%v, the last is %d, %v", versions, got.Version, err)
		}
	})
}

func TestTeammatesSeeEachOthersPhotos(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		mate := w.Person(t, w.A.Org, "Mia", "Mate", "mia@alpha.example", authz.RoleUser)
		set(t, w, mate.Call(w.A), red)
		see := func() error {
			_, err := contact.Photo.Do(t.Context(), w.Door, w.A.User.Call(w.A), contact.PhotoOf{ID: mate.User.ID})
			return err
		}
		if err := see(); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("in no team: %v", err)
		}
		if _, err := org.UpdateSettings.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), org.SettingsChange{WithoutTeams: patch.To(org.SeeEverybody)}); err != nil {
			t.Fatal(err)
		}
		if err := see(); err != nil {
			t.Errorf("where everybody sees everybody: %v", err)
		}
		list, err := contact.List.Do(t.Context(), w.Door, w.A.User.Call(w.A), contact.ListInput{})
		if err != nil || !slices.ContainsFunc(list.Items, func(c contact.Contact) bool { return c.User == mate.User.ID && c.Photo > 0 }) {
			t.Errorf("%+v, %v", list.Items, err)
		}
		b := w.Browser(t, contact.Pages).As(w.A.User, w.A)
		page := b.Get("/o/alpha/contacts")
		at := strings.Index(page.Body, "/o/alpha/contacts/"+string(mate.User.ID)+"/photo?v=")
		if at < 0 || b.Get("/o/alpha/contacts/"+string(mate.User.ID)+"/photo").Status != http.StatusOK {
			t.Errorf("the page Contacts: %d", page.Status)
		}
		w.In(t, w.A.Org, mate.User, user.Deactivated)
		if err := see(); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("of somebody deactivated: %v", err)
		}
	})
}

func TestPhotosInTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		mount := func(k *web.Kit) {
			a := app.NewAPI(w.Door, "http://localhost:8080", apptest.Log(t))
			k.Mount("/api/", a, a.Refuse)
		}
		b, admin := w.Browser(t, mount).As(w.A.User, w.A), w.Browser(t, mount).As(w.A.Admin, w.A)
		const me = api.Prefix + "/me/photo"
		theirs := api.Prefix + "/organizations/alpha/users/" + string(w.A.User.User.ID) + "/photo"
		expect := func(got apptest.Answer, status int, texts ...string) {
			t.Helper()
			if got.Status != status || !got.Has(texts...) {
				t.Errorf("%d, want %d with %q\n%.300s", got.Status, status, texts, got.Body)
			}
		}
		expect(b.JSON("GET", me, "", ""), http.StatusNotFound, `"code":"not_found"`)
		expect(b.Put(me, "image/png", red), http.StatusOK, `"version":`)
		expect(b.Put(me, "application/json", []byte(`{}`)), http.StatusUnsupportedMediaType, `"code":"unsupported_media_type"`)
		expect(b.Put(me, "image/jpeg", []byte("text")), http.StatusUnprocessableEntity, `"field":"photo"`, `"code":"unknown_format"`)
		expect(b.Put(me, "image/png", nil), http.StatusUnprocessableEntity, `"code":"required"`)
		expect(b.Put(me, "image/png", make([]byte, photo.MaxBytes+1)), http.StatusRequestEntityTooLarge, `"code":"too_large"`)
		got := admin.JSON("GET", theirs, "", "")
		if h := got.Header; got.Status != http.StatusOK || h.Get("Content-Type") != "image/jpeg" || h.Get("Cache-Control") != "private, no-cache" ||
			h.Get("ETag") == "" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(got.Body, "\xff\xd8") {
			t.Errorf("%d %v", got.Status, got.Header)
		}
		expect(b.JSON("GET", theirs, "", ""), http.StatusForbidden)
		expect(admin.JSON("GET", strings.Replace(theirs, "alpha", "beta", 1), "", ""), http.StatusUnauthorized)
		expect(admin.JSON("DELETE", theirs, "", ""), http.StatusNoContent)
		expect(admin.JSON("GET", theirs, "", ""), http.StatusNotFound)
		expect(b.JSON("DELETE", me, "", ""), http.StatusNotFound)
	})
}

func TestPhotosOnPages(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, self.Pages, photo.Pages, people.Pages).As(w.A.User, w.A)
		admin := w.Browser(t, people.Pages, photo.Pages).As(w.A.Admin, w.A)
		if page := b.Get("/o/alpha/profile"); page.Status != http.StatusOK || !page.Has(`enctype="multipart/form-data"`, `type="file"`, "UU") || page.Has("Remove photo") {
			t.Errorf("the page without one: %d", page.Status)
		}
		if got := b.Upload("/o/alpha/profile/photo", "photo", "me.svg", []byte("<svg/>")); got.Status != http.StatusUnprocessableEntity || !got.Has(`href="#photo"`, "JPEG, PNG, GIF or WebP", `value="Uma"`) {
			t.Errorf("what is no picture: %d", got.Status)
		}
		if got := b.Upload("/o/alpha/profile/photo", "photo", "big.png", make([]byte, photo.MaxBytes+100_000)); got.Status != http.StatusUnprocessableEntity || !got.Has("larger than 5 MiB") {
			t.Errorf("too large: %d", got.Status)
		}
		if got := b.Upload("/o/alpha/profile/photo", "other", "me.png", red); got.Status != http.StatusUnprocessableEntity || !got.Has("Choose a picture.") {
			t.Errorf("no file: %d", got.Status)
		}
		sent := b.Upload("/o/alpha/profile/photo", "photo", "me.png", red)
		if sent.Location != "/o/alpha/profile" {
			t.Fatalf("sent: %d", sent.Status)
		}
		page := b.Follow(sent)
		if !page.Has("Your photo is changed.", `src="/o/alpha/profile/photo?v=`, "Remove photo") {
			t.Error("the page with one")
		}
		got := b.Get("/o/alpha/profile/photo")
		if got.Status != http.StatusOK || got.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(got.Header.Get("Cache-Control"), "private") {
			t.Errorf("the picture: %d %v", got.Status, got.Header)
		}
		card := "/o/alpha/users/" + string(w.A.User.User.ID)
		for _, path := range []string{"/o/alpha/users", card} {
			if got := admin.Get(path); !got.Has(`src="` + card + `/photo?v=`) {
				t.Errorf("%s shows no photo", path)
			}
		}
		if got := admin.Get(card + "/photo"); got.Status != http.StatusOK {
			t.Errorf("the picture, for an admin: %d", got.Status)
		}
		if got := b.Get(card + "/photo"); got.Status != http.StatusNotFound {
			t.Errorf("the address of an admin: %d", got.Status)
		}
		if got := admin.Get(card + "/remove-photo"); !got.Has("Remove the photo of") {
			t.Errorf("the question: %d", got.Status)
		}
		if got := admin.Post(card + "/remove-photo"); got.Location != card || admin.Get(card).Has("/photo?v=") {
			t.Errorf("removed by an admin: %d", got.Status)
		}
		for range 2 { // the second time there is nothing to remove, and nothing wrong
			if got := b.Post("/o/alpha/profile/photo/remove"); got.Location != "/o/alpha/profile" {
				t.Errorf("removed: %d", got.Status)
			}
		}
	})
}
