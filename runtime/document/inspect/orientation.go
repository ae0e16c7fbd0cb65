package inspect

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

const (
	orientationTag = 0x0112
	mostEntries    = 512
)

// orientation reads from a JPEG's EXIF which way up the camera was held: 1 is upright, up to 8; 1 where it says nothing.
func orientation(b []byte) int {
	for at := 2; at+4 <= len(b) && b[at] == 0xff && b[at+1] != 0xda; { // until the picture itself begins
		size := int(binary.BigEndian.Uint16(b[at+2:]))
		if size < 2 || at+2+size > len(b) {
			return 1
		}
		if tiff, ok := bytes.CutPrefix(b[at+4:at+2+size], []byte("Exif\x00\x00")); ok && b[at+1] == 0xe1 {
			return orientationOf(tiff)
		}
		at += 2 + size
	}
	return 1
}

func orientationOf(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 1
	}
	n := min(int(order.Uint16(tiff[at:])), mostEntries)
	for at += 2; n > 0 && at+12 <= len(tiff); n, at = n-1, at+12 {
		if order.Uint16(tiff[at:]) == orientationTag {
			if o := int(order.Uint16(tiff[at+8:])); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}

// upright turns and mirrors a picture so that it needs no orientation.
func upright(img image.Image, orientation int) image.Image {
	if orientation <= 1 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	to := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		to = image.Rect(0, 0, h, w)
	}
	switch in := img.(type) {
	case *image.YCbCr:
		if in.SubsampleRatio != image.YCbCrSubsampleRatio444 && in.SubsampleRatio != image.YCbCrSubsampleRatio420 {
			break // turned, it would be another ratio
		}
		out := image.NewYCbCr(to, in.SubsampleRatio)
		cw, ch := w, h
		if in.SubsampleRatio == image.YCbCrSubsampleRatio420 {
			cw, ch = (w+1)/2, (h+1)/2
		}
		turn(out.Y, out.YStride, in.Y, in.YStride, w, h, orientation)
		turn(out.Cb, out.CStride, in.Cb, in.CStride, cw, ch, orientation)
		turn(out.Cr, out.CStride, in.Cr, in.CStride, cw, ch, orientation)
		return out
	case *image.Gray:
		out := image.NewGray(to)
		turn(out.Pix, out.Stride, in.Pix, in.Stride, w, h, orientation)
		return out
	}
	return turned{img, to, orientation}
}

// turn copies a plane of w by h samples to where they stand upright.
func turn(to []byte, toStride int, from []byte, stride, w, h, orientation int) {
	for y := range h {
		for x, sample := range from[y*stride : y*stride+w] {
			tx, ty := stands(x, y, w, h, orientation)
			to[ty*toStride+tx] = sample
		}
	}
}

// stands tells where a sample of a picture of w by h stands upright.
func stands(x, y, w, h, orientation int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// turned looks at any other picture as if it stood upright, without a copy.
type turned struct {
	image.Image
	bounds      image.Rectangle
	orientation int
}

func (t turned) Bounds() image.Rectangle { return t.bounds }

func (t turned) At(x, y int) color.Color {
	back := t.orientation // each but the quarter turns undoes itself
	switch back {
	case 6:
		back = 8
	case 8:
		back = 6
	}
	sx, sy := stands(x, y, t.bounds.Dx(), t.bounds.Dy(), back)
	from := t.Image.Bounds().Min
	return t.Image.At(from.X+sx, from.Y+sy)
}
