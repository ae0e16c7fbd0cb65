package paper

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // a photograph may be one

	"golang.org/x/image/draw"

	"github.com/diwan-gov/diwan/runtime/document/pdf"
)

// A photograph is printed 35 by 45 mm: 413 by 531 pixels are 300 to an inch.
const (
	photoWidth, photoHeight = 413, 531
	mostPixels              = 40_000_000 // that are unpacked: a camera of today
)

// Photo makes of an uploaded photograph what is printed: cut in the middle to the form of a passport's, in its size, without whatever else the
// file carries (a place, a camera, a preview). It is nil where the file cannot be read: that makes no paper impossible.
func Photo(file []byte) *pdf.Photo {
	config, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width*config.Height > mostPixels {
		return nil
	}
	in, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil
	}
	from := in.Bounds()
	if w := from.Dy() * photoWidth / photoHeight; w < from.Dx() {
		from.Min.X += (from.Dx() - w) / 2
		from.Max.X = from.Min.X + w
	} else if h := from.Dx() * photoHeight / photoWidth; h < from.Dy() {
		from.Min.Y += (from.Dy() - h) / 3 // a head is above the middle
		from.Max.Y = from.Min.Y + h
	}
	if from.Empty() {
		return nil
	}
	out := image.NewRGBA(image.Rect(0, 0, photoWidth, photoHeight))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, out.Bounds(), in, from, draw.Over, nil)
	return encoded(out)
}

// Silhouette stands where a preview has no photograph.
func Silhouette() *pdf.Photo {
	out := image.NewRGBA(image.Rect(0, 0, photoWidth, photoHeight))
	back, person := color.RGBA{0xe4, 0xea, 0xe8, 0xff}, color.RGBA{0x9a, 0xab, 0xa6, 0xff}
	within := func(x, y, cx, cy, rx, ry int) bool {
		dx, dy := float64(x-cx)/float64(rx), float64(y-cy)/float64(ry)
		return dx*dx+dy*dy <= 1
	}
	for y := range photoHeight {
		for x := range photoWidth {
			c := back
			if within(x, y, photoWidth/2, 210, 92, 118) || within(x, y, photoWidth/2, photoHeight+20, 175, 190) {
				c = person
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
	return &pdf.Photo{JPEG: b.Bytes(), Width: photoWidth, Height: photoHeight}
}
