// Package photo has the photos of users: square, small, and made by us.
//
// What somebody sends is decoded, cut to its middle, scaled and written anew, so
// that nothing of the file survives but the picture: no place where it was taken,
// no second file behind the first. That is slow, and takes memory: it is done
// before the writing transaction, one at a time in a process, and only for files
// and pictures within limits that are known before anything is decoded.
//
// A photo is seen by whoever sees the user, is its owner's to change, an admin's to
// remove, and goes with the user.
//
//	photo.go     the type, and who may do what
//	picture.go   a file becomes a picture
//	jpeg.go      what the head of a JPEG file says
//	commands.go  set, remove, show
//	steps.go     which users have one, for lists
//	store.go     the table user_photos
//	api.go, portal.go  the ways in
package photo
