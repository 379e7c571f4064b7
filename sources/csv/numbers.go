package csv

import (
	"bytes"
	"math"
	"strconv"
	"time"
)

// parseNumber reads a decimal number. With a decimal comma a point parts the
// thousands, and must stand where thousands are parted.
func parseNumber(text []byte, decimalComma bool) (float64, bool) {
	if decimalComma {
		var ok bool
		if text, ok = pointDecimals(text); !ok {
			return 0, false
		}
	}
	for _, c := range text {
		// Hexadecimal numbers, underscores, NaN and Inf are no measurements.
		if !isDigit(c) && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(string(text), 64)
	return n, err == nil
}

// pointDecimals turns 1.234,5 into 1234.5.
func pointDecimals(text []byte) ([]byte, bool) {
	whole, fraction, hasFraction := bytes.Cut(text, []byte{','})
	groups := bytes.Split(whole, []byte{'.'})
	for i, group := range groups {
		if i > 0 && len(group) != 3 || len(groups) > 1 && len(bytes.TrimLeft(group, "+-")) == 0 {
			return nil, false
		}
	}
	out := bytes.Join(groups, nil)
	if hasFraction {
		out = append(append(out, '.'), fraction...)
	}
	return out, bytes.IndexByte(fraction, '.') < 0
}

// parseCount reads a whole number from 0 up; 3.0 is one, as spreadsheets and
// data frames write it.
func parseCount(text []byte, decimalComma bool) (int, bool) {
	n, ok := parseNumber(text, decimalComma)
	if !ok || n < 0 || n > math.MaxInt32 || n != math.Trunc(n) {
		return 0, false
	}
	return int(n), true
}

// parseSpan reads a duration: seconds, h:mm:ss or mm:ss.
func parseSpan(text []byte, decimalComma bool) (time.Duration, bool) {
	clock, seconds := 0.0, text
	if i := bytes.LastIndexByte(text, ':'); i >= 0 {
		var ok bool
		if clock, ok = parseMinutes(text[:i]); !ok || len(text) < i+3 || !isDigit(text[i+1]) || !isDigit(text[i+2]) {
			return 0, false
		}
		seconds = text[i+1:]
	}
	n, ok := parseNumber(seconds, decimalComma)
	if !ok || len(seconds) < len(text) && n >= 60 {
		return 0, false
	}
	n = (n + clock) * float64(time.Second)
	if math.Abs(n) >= math.MaxInt64 {
		return 0, false
	}
	return time.Duration(math.Round(n)), true
}

// parseMinutes reads h:mm or mm, and returns it in seconds.
func parseMinutes(text []byte) (float64, bool) {
	hours, minutes, both := bytes.Cut(text, []byte{':'})
	if !both {
		hours, minutes = nil, text
	}
	m, ok := parseDigits(minutes)
	if !ok || both && (len(minutes) != 2 || m >= 60) {
		return 0, false
	}
	if !both {
		return float64(m) * 60, true
	}
	h, ok := parseDigits(hours)
	return float64(h)*3600 + float64(m)*60, ok
}

// parseDigits reads a number that is written with up to nine digits only.
func parseDigits(text []byte) (int64, bool) {
	if len(text) == 0 || len(text) > 9 {
		return 0, false
	}
	var n int64
	for _, c := range text {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
