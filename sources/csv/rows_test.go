package csv

import (
	stdcsv "encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

// readRows cuts a text and writes out its rows, a faulty one as its reason.
func readRows(t testing.TB, src io.Reader, comma byte) [][]string {
	t.Helper()
	r := newRows(src, comma)
	out := [][]string{}
	for {
		got, err := r.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if got.fault != nil {
			out = append(out, []string{"!" + string(got.fault.reason)})
		} else {
			var cells []string
			for _, c := range got.cells {
				cells = append(cells, string(c))
			}
			out = append(out, cells)
		}
		if got.endless {
			return out
		}
		r.consume()
	}
}

func TestRowsOfEveryDialect(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want [][]string
	}{
		"plain":                   {"a,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"carriage returns":        {"a,b\r\n\"1\",2\r\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"no end":                  {"a,b\n1,2", [][]string{{"a", "b"}, {"1", "2"}}},
		"no end, carriage return": {"a\n\"1\"\r", [][]string{{"a"}, {"1"}}},
		"quotes":                  {`a,"b,c","d""e",""` + "\n", [][]string{{"a", "b,c", `d"e`, ""}}},
		"line breaks in quotes":   {"a,\"b\nc\r\nd\"\n1,2\n", [][]string{{"a", "b\nc\r\nd"}, {"1", "2"}}},
		"quote within a cell":     {"5\" pipe,it's 6\"\n", [][]string{{`5" pipe`, `it's 6"`}}},
		"blank lines":             {"\na,b\n\n,\n  ,\r\n1,2\n\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"empty":                   {"", [][]string{}},
		"one stray quote":         {"a,b\n\"1,2\n3,4\n5,6\n", [][]string{{"a", "b"}, {"!malformed"}, {"3", "4"}, {"5", "6"}}},
		"stray quote, then another": {
			"\"1,2\n3,\"4\"\n5,6\n",
			[][]string{{"!malformed"}, {"3", "4"}, {"5", "6"}},
		},
		"text behind a quote": {"\"a\"b,c\n1,2\n", [][]string{{"!malformed"}, {"1", "2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, readRows(t, strings.NewReader(test.text), ',')); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, readRows(t, iotest.OneByteReader(strings.NewReader(test.text)), ',')); diff != "" {
				t.Errorf("byte by byte: %s", diff)
			}
		})
	}
}

func TestCellsAndRowsOfAnySizeCostBoundedMemory(t *testing.T) {
	big := strings.Repeat("x", maxCell+1)
	for name, test := range map[string]struct {
		row  string
		want string
	}{
		"cell just small enough": {big[1:] + ",2\n", ""},
		"cell":                   {big + ",2\n", "too_large"},
		"quoted cell":            {"\"" + big + "\n" + big + "\",2\n", "too_large"},
		"row of small cells":     {strings.Repeat(big[2:]+",", 9) + "\n", "too_large"},
		"huge row":               {strings.Repeat(big, 20) + "\n", "too_large"},
		"huge quoted row":        {"\"" + strings.Repeat(big+"\n\"\"", 40) + "\",\"x\"\n", "too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRows(strings.NewReader("a,b\n"+test.row+"3,4\n"), ',')
			var got []string
			for {
				out, err := r.next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case out.fault != nil:
					got = append(got, string(out.fault.reason))
				case len(out.cells[0]) == 1:
					got = append(got, string(out.cells[0]))
				default:
					got = append(got, "")
				}
				r.consume()
			}
			if diff := cmp.Diff([]string{"a", test.want, "3"}, got); diff != "" {
				t.Error(diff)
			}
			if want := int64(strings.Count(test.row, "\n")) + 3; r.line != want {
				t.Errorf("line %d, want %d", r.line, want)
			}
			if len(r.buf) > 4*maxRow {
				t.Errorf("the buffer has grown to %d", len(r.buf))
			}
		})
	}
}

func TestAQuoteThatNeverEndsInAHugeFileIsToldOnce(t *testing.T) {
	r := newRows(strings.NewReader("a,\""+strings.Repeat("1,2\n", maxRow)), ',')
	out, err := r.next()
	if err != nil || out.fault == nil || out.fault.reason != desk.ReasonMalformed || !out.endless {
		t.Fatalf("got %v, %+v", err, out.fault)
	}
	if at := r.position(); at.offset != 0 || at.line != 1 {
		t.Errorf("the row was not read, so the position is before it, got %+v", at)
	}
}

func TestARowBeforeABrokenReadIsHandedOut(t *testing.T) {
	broken := errors.New("disk on fire")
	r := newRows(io.MultiReader(strings.NewReader("1,2\n3,"), iotest.ErrReader(broken)), ',')
	if out, err := r.next(); err != nil || string(out.cells[0]) != "1" {
		t.Fatalf("got %v, %v", out, err)
	}
	r.consume()
	if _, err := r.next(); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

// FuzzRows compares the rows with those of the standard library where that
// takes the text, and checks that nothing of a text is lost where it does not.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "\"a\n\",b\r\n", "\"\"\"\"\n", "\"a", "a\"b,\"c\"\n\"d\"e\nf", ",,\n\n\r\n", "\"a\"\r", "\r\r\n", "\"\r\n\"\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := readRows(t, strings.NewReader(text), ',')
		if again := readRows(t, iotest.HalfReader(strings.NewReader(text)), ','); cmp.Diff(got, again) != "" {
			t.Errorf("read in other pieces: %s", cmp.Diff(got, again))
		}
		checkCovered(t, text)
		// The library drops a carriage return before a line break in quotes, and
		// takes a quote within a cell for an error.
		std := stdcsv.NewReader(strings.NewReader(text))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil || strings.Contains(text, "\r") {
			return
		}
		filled := [][]string{}
		for _, cells := range want {
			if strings.TrimSpace(strings.Join(cells, "")) != "" {
				filled = append(filled, cells)
			}
		}
		if diff := cmp.Diff(filled, got); diff != "" {
			t.Errorf("other than encoding/csv: %s", diff)
		}
	})
}

// checkCovered expects that the rows of a text, one after the other, are the
// whole text, and that the hash of what is before a position is right.
func checkCovered(t *testing.T, text string) {
	t.Helper()
	r := newRows(strings.NewReader(text), ',')
	for {
		before := r.position()
		fresh := newRows(strings.NewReader(text[:before.offset]), ',')
		if ok, err := fresh.skip(before.offset); !ok || err != nil || fresh.position().hash != before.hash {
			t.Errorf("hash at %d: another one when read again", before.offset)
		}
		want := 1 + int64(strings.Count(text[:before.offset], "\n"))
		if before.offset > 0 && text[before.offset-1] != '\n' {
			want++ // behind a last line without end
		}
		if before.line != want {
			t.Errorf("line at %d: got %d, want %d", before.offset, before.line, want)
		}
		out, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		r.consume()
		if out.fault == nil && !strings.HasSuffix(text[:r.offset], string(out.raw)) && !strings.HasSuffix(text[:r.offset], string(out.raw)+"\n") {
			t.Errorf("row %q does not end at %d", out.raw, r.offset)
		}
	}
	if rest := text[r.offset:]; strings.TrimSpace(strings.NewReplacer(",", "", "\"", "").Replace(rest)) != "" {
		t.Errorf("not read: %q", rest)
	}
}
