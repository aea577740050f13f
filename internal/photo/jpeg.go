package photo

import "encoding/binary"

// head is what the head of a JPEG file says that decoders do not tell: how the
// camera was held, and what decoding takes.
type head struct {
	orientation int     // EXIF's, 1 to 8; 0: not said
	progressive bool    // it comes in several passes over all of the picture
	samples     float64 // for each pixel, of all components together
}

// headOf reads a file's head. Of what is no JPEG, or broken, it says little.
func headOf(file []byte) (h head) {
	if len(file) < 4 || file[0] != 0xff || file[1] != 0xd8 {
		return h
	}
	for rest := file[2:]; len(rest) > 4; {
		if rest[0] != 0xff {
			rest = rest[1:] // decoders pass over what does not belong there
			continue
		}
		marker := rest[1]
		if marker == 0xff {
			rest = rest[1:]
			continue
		}
		if marker == 0 || marker == 0x01 || 0xd0 <= marker && marker <= 0xd8 {
			rest = rest[2:] // these have no length
			continue
		}
		n := int(binary.BigEndian.Uint16(rest[2:]))
		if marker == 0xda || marker == 0xd9 || n < 2 || n+2 > len(rest) {
			return h // the picture itself, or the end
		}
		segment := rest[4 : n+2]
		switch marker {
		case 0xe1:
			if h.orientation == 0 {
				h.orientation = orientationIn(segment)
			}
		case 0xc0, 0xc1, 0xc2:
			h.progressive, h.samples = marker == 0xc2, samplesIn(segment)
		}
		rest = rest[n+2:]
	}
	return h
}

// samplesIn reads a frame header: the components with their shares of the pixels.
func samplesIn(frame []byte) float64 {
	if len(frame) < 6 {
		return 0
	}
	var sum, widest, highest int
	for i := 0; i < int(frame[5]) && 6+3*i+1 < len(frame); i++ {
		across, down := int(frame[6+3*i+1]>>4), int(frame[6+3*i+1]&15)
		sum, widest, highest = sum+across*down, max(widest, across), max(highest, down)
	}
	if sum == 0 || widest*highest == 0 {
		return 0
	}
	return float64(sum) / float64(widest*highest)
}

// orientationIn reads the orientation out of an EXIF segment, 0 if it has none.
func orientationIn(segment []byte) int {
	const mark, entry = "Exif\x00\x00", 12
	if len(segment) < len(mark)+8 || string(segment[:len(mark)]) != mark {
		return 0
	}
	tiff := segment[len(mark):]
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := int(order.Uint16(tiff[at:]))
	for list := tiff[at+2:]; entries > 0 && len(list) >= entry; entries-- {
		const orientation, short = 0x0112, 3
		if order.Uint16(list) == orientation && order.Uint16(list[2:]) == short {
			if n := int(order.Uint16(list[8:])); 1 <= n && n <= 8 {
				return n
			}
			return 0
		}
		list = list[entry:]
	}
	return 0
}
