package clipboard

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"
)

const (
	listed  = ":files" // what the scripts below answer where files were copied; no base64 has a colon
	lineEnd = 2        // bytes that may follow an answer
)

// macOS asks the pasteboard in JavaScript, which every macOS runs. The answer is
// text because that is what a script returns.
func (d desk) macOS(ctx context.Context) ([]byte, error) {
	const script = `ObjC.import("AppKit");
function run() {
	const board = $.NSPasteboard.generalPasteboard;
	if (!board.dataForType("public.file-url").isNil()) return "` + listed + `";
	for (const type of ["public.png", "public.tiff"]) {
		const data = board.dataForType(type);
		if (!data.isNil()) return data.base64EncodedStringWithOptions(0).js;
	}
	return "";
}`
	return d.scripted(ctx, 2*patience, "osascript", "-l", "JavaScript", "-e", script)
}

// windows asks in PowerShell, which every Windows has and WSL reaches. Programs
// that care for transparency copy a PNG beside the bitmap that Windows knows.
// There is no double quote in the script: they don't survive every way there.
func (d desk) windows(ctx context.Context, shell string) ([]byte, error) {
	const script = `$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Windows.Forms, System.Drawing
$board = [Windows.Forms.Clipboard]
$stream = $null
if ($board::ContainsData('PNG')) { $stream = $board::GetData('PNG') -as [IO.MemoryStream] }
if ($stream -eq $null -and $board::ContainsImage()) {
	$stream = New-Object IO.MemoryStream
	$board::GetImage().Save($stream, [Drawing.Imaging.ImageFormat]::Png)
}
if ($stream -ne $null) { [Console]::Out.Write([Convert]::ToBase64String($stream.ToArray())) }
elseif ($board::ContainsFileDropList()) { [Console]::Out.Write('` + listed + `') }`
	// It may take two seconds to start, before it has done anything.
	return d.scripted(ctx, 4*patience, shell, "-NoProfile", "-NonInteractive", "-STA", "-Command", script)
}

// scripted runs a script whose answer is a picture in base64.
func (d desk) scripted(ctx context.Context, patience time.Duration, program string, args ...string) ([]byte, error) {
	out, err := run(ctx, patience, base64.StdEncoding.EncodedLen(d.most)+lineEnd, program, args...)
	if err != nil {
		return nil, err
	}
	switch text := strings.TrimSpace(string(out)); text {
	case "":
		return nil, ErrNone
	case listed:
		return nil, files()
	default:
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, &trouble{errors.New(program + " answered something that is no picture"), byPath}
		}
		return data, nil
	}
}
