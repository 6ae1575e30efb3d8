// Command photo writes a JPEG of 12 megapixels, as hard to decode as those of
// cameras, for measurements of what attaching one costs:
//
//	go run ./ui/tui/testdata/photo FILE [side]
//
// With side it lies on its side, as phones lay theirs: its EXIF data says so.
package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"log"
	"math"
	"math/rand/v2"
	"os"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("photo: ")
	if len(os.Args) < 2 {
		log.Fatal("usage: photo FILE [side]")
	}
	img := image.NewYCbCr(image.Rect(0, 0, 4032, 3024), image.YCbCrSubsampleRatio420)
	noise := rand.New(rand.NewPCG(1, 2))
	for y := range 3024 {
		for x := range 4032 {
			light := 128 + 60*math.Sin(float64(x)/90)*math.Cos(float64(y)/70)
			img.Y[img.YOffset(x, y)] = byte(light + 6*noise.NormFloat64())
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(100+i/4032%50), byte(110+i%4032/40)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 90}); err != nil {
		log.Fatal(err)
	}
	data := out.Bytes()
	if len(os.Args) > 2 {
		// One entry: orientation (0x112), a short, 6.
		const exif = "\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
		data = append(append(bytes.Clone(data[:2]), exif...), data[2:]...)
	}
	if err := os.WriteFile(os.Args[1], data, 0o600); err != nil {
		log.Fatal(err)
	}
}
