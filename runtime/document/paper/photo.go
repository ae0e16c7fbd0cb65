package paper

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // a photograph may be one
	"sync"

	"golang.org/x/image/draw"

	"github.com/diwan-gov/diwan/runtime/document/pdf"
)

// A photograph is printed 35 by 45 mm: 413 by 531 pixels are 300 to an inch. A whole picture is as wide as the page at 200 to an inch.
const (
	photoWidth, photoHeight = 413, 531
	longest                 = 1400
	mostPixels              = 64_000_000 // that are unpacked, as many as an upload may have
)

// unpacking is held while a picture is unpacked: a large one takes a hundred megabytes, and many papers may be due at once.
var unpacking sync.Mutex

// Wanted is a picture that a paper shows: what its row says, and whether it is printed whole.
type Wanted struct {
	Value string
	Whole bool
}

// Photo makes of an uploaded picture what is printed, without whatever else the file carries (a place, a camera, a preview). A photograph is
// cut in the middle to the form of a passport's; another picture stays whole. It is nil where the file cannot be read: that makes no paper
// impossible.
func Photo(file []byte, whole bool) *pdf.Photo {
	config, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width*config.Height > mostPixels {
		return nil
	}
	unpacking.Lock()
	defer unpacking.Unlock()
	in, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil
	}
	from, to := in.Bounds(), image.Rect(0, 0, photoWidth, photoHeight)
	if whole {
		scale := min(1, longest/float64(max(from.Dx(), from.Dy())))
		to = image.Rect(0, 0, max(1, int(float64(from.Dx())*scale)), max(1, int(float64(from.Dy())*scale)))
	} else {
		from = portrait(from)
	}
	if from.Empty() {
		return nil
	}
	out := image.NewRGBA(to)
	draw.Draw(out, to, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, to, in, from, draw.Over, nil)
	return encoded(out)
}

// portrait is the part of a picture that a photograph shows.
func portrait(from image.Rectangle) image.Rectangle {
	if w := from.Dy() * photoWidth / photoHeight; w < from.Dx() {
		from.Min.X += (from.Dx() - w) / 2
		from.Max.X = from.Min.X + w
	} else if h := from.Dx() * photoHeight / photoWidth; h < from.Dy() {
		from.Min.Y += (from.Dy() - h) / 3 // a head is above the middle
		from.Max.Y = from.Min.Y + h
	}
	return from
}

// Stand is what a preview shows where a picture would be: somebody, or a plan of nothing.
func Stand(whole bool) *pdf.Photo {
	out := image.NewRGBA(image.Rect(0, 0, photoWidth, photoHeight))
	if whole {
		out = image.NewRGBA(image.Rect(0, 0, 800, 500))
	}
	back, front := color.RGBA{0xe4, 0xea, 0xe8, 0xff}, color.RGBA{0x9a, 0xab, 0xa6, 0xff}
	within := func(x, y, cx, cy, rx, ry int) bool {
		dx, dy := float64(x-cx)/float64(rx), float64(y-cy)/float64(ry)
		return dx*dx+dy*dy <= 1
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			c, person := back, within(x, y, photoWidth/2, 210, 92, 118) || within(x, y, photoWidth/2, photoHeight+20, 175, 190)
			if !whole && person || whole && ((x+y)%100 < 3 || x%200 < 3 || y%160 < 3) {
				c = front
			}
			out.SetRGBA(x, y, c)
		}
	}
	return encoded(out)
}

func encoded(out image.Image) *pdf.Photo {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: 88}); err != nil {
		return nil
	}
	return &pdf.Photo{JPEG: b.Bytes(), Width: out.Bounds().Dx(), Height: out.Bounds().Dy()}
}
