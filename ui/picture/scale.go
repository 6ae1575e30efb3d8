package picture

import (
	"context"
	"image"
	"image/color"
	"math"
)

// Of a dot that stands for thousands of pixels some are looked at: at most
// samples each way, and fewer where there are so many dots that no more than
// looks would be left. The mean of those is told from that of all by nobody.
const (
	samples = 8
	looks   = 6_000_000
)

// scale is the part of img in from in size dots, row by row. Where a dot has
// several pixels it is their mean; where a pixel has several dots they are its
// own colour, so that a picture looked at closely shows the pixels it has.
func scale(ctx context.Context, img image.Image, from image.Rectangle, size image.Point) ([]color.RGBA, error) {
	at := reader(img)
	dots := make([]color.RGBA, 0, size.X*size.Y)
	most := max(2, min(int(math.Sqrt(float64(looks/(size.X*size.Y)))), samples))
	columns := make([][2]int, size.X)
	for x := range columns {
		columns[x] = span(x, size.X, from.Min.X, from.Dx())
	}
	for y := range size.Y {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := span(y, size.Y, from.Min.Y, from.Dy())
		for _, cs := range columns {
			dots = append(dots, mean(at, cs, rows, most))
		}
	}
	return dots, nil
}

// Shrink is a picture with at most edge pixels each way, and img itself if it
// has no more.
func Shrink(ctx context.Context, img image.Image, edge int) (image.Image, error) {
	size := img.Bounds().Size()
	if long := max(size.X, size.Y); long > edge {
		size = image.Pt(max(size.X*edge/long, 1), max(size.Y*edge/long, 1))
	} else {
		return img, nil
	}
	dots, err := scale(ctx, img, img.Bounds(), size)
	if err != nil {
		return nil, err
	}
	small := image.NewRGBA(image.Rectangle{Max: size})
	for i, p := range dots {
		copy(small.Pix[4*i:], []uint8{p.R, p.G, p.B, p.A})
	}
	return small, nil
}

// span is the pixels [from, to) of dot i of n, at least one.
func span(i, n, start, length int) [2]int {
	from, to := i*length/n, (i+1)*length/n
	return [2]int{start + from, start + max(to, from+1)}
}

func mean(at func(x, y int) color.RGBA, cs, rs [2]int, most int) color.RGBA {
	nx, ny := min(cs[1]-cs[0], most), min(rs[1]-rs[0], most)
	if nx == 1 && ny == 1 {
		return at(cs[0], rs[0])
	}
	var r, g, b, a, n uint32
	for j := range ny {
		y := rs[0] + (2*j+1)*(rs[1]-rs[0])/(2*ny)
		for i := range nx {
			p := at(cs[0]+(2*i+1)*(cs[1]-cs[0])/(2*nx), y)
			r, g, b, a, n = r+uint32(p.R), g+uint32(p.G), b+uint32(p.B), a+uint32(p.A), n+1
		}
	}
	half := n / 2
	return color.RGBA{uint8((r + half) / n), uint8((g + half) / n), uint8((b + half) / n), uint8((a + half) / n)}
}

// The checkerboard's squares, in dots, and greys that neither white nor black
// pictures vanish on.
const (
	square      = 4
	lightSquare = 0x99
	darkSquare  = 0x66
)

// over is a colour on the checkerboard.
func over(p color.RGBA, x, y int) color.RGBA {
	if p.A == 255 {
		return p
	}
	ground := uint32(lightSquare)
	if (x/square+y/square)%2 == 1 {
		ground = darkSquare
	}
	rest := ground * uint32(255-p.A) / 255
	mix := func(c uint8) uint8 { return uint8(min(uint32(c)+rest, 255)) }
	return color.RGBA{mix(p.R), mix(p.G), mix(p.B), 255}
}

// reader reads pixels with alpha multiplied in. What decoders give is read
// without the detour over interfaces, which takes ten times as long.
func reader(img image.Image) func(x, y int) color.RGBA {
	switch m := img.(type) {
	case *image.RGBA:
		return m.RGBAAt
	case *image.NRGBA:
		return func(x, y int) color.RGBA {
			p := m.NRGBAAt(x, y)
			if p.A == 255 {
				return color.RGBA(p)
			}
			a := uint32(p.A)
			return color.RGBA{uint8(uint32(p.R) * a / 255), uint8(uint32(p.G) * a / 255), uint8(uint32(p.B) * a / 255), p.A}
		}
	case *image.YCbCr:
		return func(x, y int) color.RGBA {
			p := m.YCbCrAt(x, y)
			r, g, b := color.YCbCrToRGB(p.Y, p.Cb, p.Cr)
			return color.RGBA{r, g, b, 255}
		}
	case *image.Gray:
		return func(x, y int) color.RGBA {
			v := m.GrayAt(x, y).Y
			return color.RGBA{v, v, v, 255}
		}
	}
	return func(x, y int) color.RGBA {
		r, g, b, a := img.At(x, y).RGBA()
		return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), uint8(a >> 8)}
	}
}

// nearest is the colour among the 240 of the 256 that no theme changes: a cube
// of 6×6×6 and 24 greys.
func nearest(p color.RGBA) uint8 {
	r, g, b := level(p.R), level(p.G), level(p.B)
	cube := distance(p, shade(r), shade(g), shade(b))
	grey := (int(p.R) + int(p.G) + int(p.B)) / 3
	i := max(0, min((grey-8+5)/10, 23))
	v := 8 + 10*i
	if distance(p, v, v, v) < cube {
		return uint8(232 + i)
	}
	return uint8(16 + 36*r + 6*g + b)
}

// level is which of the cube's six shades is nearest, and shade what it is.
func level(c uint8) int {
	switch {
	case c < 48:
		return 0
	case c < 115:
		return 1
	}
	return (int(c) - 35) / 40
}

func shade(level int) int {
	if level == 0 {
		return 0
	}
	return 55 + 40*level
}

// distance weighs green most and blue least, as eyes do.
func distance(p color.RGBA, r, g, b int) int {
	dr, dg, db := int(p.R)-r, int(p.G)-g, int(p.B)-b
	return 3*dr*dr + 6*dg*dg + db*db
}
