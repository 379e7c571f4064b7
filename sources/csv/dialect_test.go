package csv

import (
	"bytes"
	"compress/gzip"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"helpdesk_exporter/desk"
)

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// encoded returns a text in another encoding.
func encoded(t testing.TB, text string, transform func(string) (string, error)) string {
	t.Helper()
	out, err := transform(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryEncodingAndPackingGivesTheSameRows(t *testing.T) {
	const text = "id,created,status,team\n1,2026-03-01 10:00:00,open,Αθήνα\n2,2026-03-01 10:00:00,open,Πάτρα\n"
	utf16 := func(order unicode.Endianness, mark unicode.BOMPolicy, text string) string {
		return encoded(t, text, unicode.UTF16(order, mark).NewEncoder().String)
	}
	for name, test := range map[string]struct{ file, config, text string }{
		"utf-8":                    {"a.csv", "", text},
		"utf-8 with mark":          {"a.csv", "", "\uFEFF" + text},
		"mark overrules":           {"a.csv", "encoding: windows-1253", "\uFEFF" + text},
		"utf-16le with mark":       {"a.csv", "", utf16(unicode.LittleEndian, unicode.UseBOM, text)},
		"utf-16be with mark":       {"a.csv", "", utf16(unicode.BigEndian, unicode.UseBOM, text)},
		"utf-16le":                 {"a.csv", "encoding: utf-16le", utf16(unicode.LittleEndian, unicode.IgnoreBOM, text)},
		"utf-16be":                 {"a.csv", "encoding: utf-16be", utf16(unicode.BigEndian, unicode.IgnoreBOM, text)},
		"windows-1253":             {"a.csv", "encoding: windows-1253", encoded(t, text, charmap.Windows1253.NewEncoder().String)},
		"iso-8859-7":               {"a.csv", "encoding: iso-8859-7", encoded(t, text, charmap.ISO8859_7.NewEncoder().String)},
		"gzip":                     {"a.csv.gz", "pattern: '*.csv.gz'", gzipped(t, text)},
		"gzip of utf-16":           {"a.csv.GZ", "pattern: '*.GZ'", gzipped(t, utf16(unicode.LittleEndian, unicode.UseBOM, text))},
		"carriage returns":         {"a.csv", "", strings.ReplaceAll(text, "\n", "\r\n")},
		"old Mac":                  {"a.csv", "", strings.ReplaceAll(text, "\n", "\r")},
		"old Mac in utf-16":        {"a.csv", "", encoded(t, strings.ReplaceAll(text, "\n", "\r"), unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String)},
		"several members":          {"a.csv.gz", "pattern: '*.csv.gz'", gzipped(t, text[:30]) + gzipped(t, "") + gzipped(t, text[30:])},
		"semicolons":               {"a.csv", "delimiter: ;", strings.ReplaceAll(text, ",", ";")},
		"tabs":                     {"a.csv", `delimiter: "\t"`, strings.ReplaceAll(text, ",", "\t")},
		"tab in words":             {"a.csv", "delimiter: tab", strings.ReplaceAll(text, ",", "\t")},
		"spreadsheet's note":       {"a.csv", "delimiter: ;", "sep=;\r\n" + strings.ReplaceAll(text, ",", ";")},
		"note alone tells":         {"a.csv", "", "sep=;\n" + strings.ReplaceAll(text, ",", ";")},
		"note overrules":           {"a.csv", "delimiter: '|'", "sep=,\n" + text},
		"note in quotes":           {"a.csv", "", "\"Sep=;\"\r\n" + strings.ReplaceAll(text, ",", ";")},
		"note of a tab in utf-16":  {"a.csv", "", utf16(unicode.LittleEndian, unicode.UseBOM, "sep=\t\r\n"+strings.ReplaceAll(text, ",", "\t"))},
		"header again":             {"a.csv", "", text + "id,created,status,team\n"},
		"empty columns at the end": {"a.csv", "", strings.ReplaceAll(text, "\n", ",,\n")},
		"and in the rows only":     {"a.csv", "", strings.ReplaceAll(text, "α\n", "α,, \n")},
		"header in other words":    {"a.csv", "", strings.Replace(text, "id,created", "\" ID \",Created", 1)},
		"marks around the header":  {"a.csv", "", "\uFEFF\uFEFF" + strings.Replace(text, "id,created", "id\u200B,\u00A0created", 1)},
		"header on two lines":      {"a.csv", "columns: {id: the id, created_at: created, team: team, status: status}", strings.Replace(text, "id,", "\"the\nid\",", 1)},
	} {
		for _, rows := range []int{1, 100} {
			t.Run(name, func(t *testing.T) {
				config := ticketsYAML
				if strings.HasPrefix(test.config, "columns") {
					config = "directory: .\nrecord: ticket\n"
				}
				d := newDesktop(t, config+test.config+"\n")
				d.page = rows
				d.restart()
				d.drop(test.file, test.text, hourAgo())
				page := d.fetch(noon)
				var got []string
				for _, r := range page.Records {
					got = append(got, r.ID+" "+r.Body.(*desk.Ticket).Team)
				}
				if diff := cmp.Diff([]string{"1 Αθήνα", "2 Πάτρα"}, got); diff != "" || len(page.Rejects) > 0 {
					t.Error(diff, faults(page))
				}
			})
		}
	}
}

func TestAPackedFileThatGrowsIsReadOn(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"pattern: '*.gz'\n")
	text := ticketsHead + "1,2026-03-01 10:00:00,open,A\n"
	d.drop("a.csv.gz", gzipped(t, text), hourAgo())
	d.fetch(noon)
	d.drop("a.csv.gz", gzipped(t, text+"2,2026-03-01 10:00:00,open,A\n"), noon.Add(-30*60e9))
	if diff := cmp.Diff([]string{"2"}, ids(d.fetch(noon))); diff != "" {
		t.Error(diff)
	}
}

func TestPackedFilesThatAreBroken(t *testing.T) {
	rows := ticketsHead + strings.Repeat("1,2026-03-01 10:00:00,open,A\n", 5)
	whole := gzipped(t, rows)
	bomb := gzipped(t, ticketsHead+strings.Repeat("1,2026-03-01 10:00:00,open,"+strings.Repeat("A", 10_000)+"\n", 7_000))
	for name, test := range map[string]struct{ text, want string }{
		"cut short":  {whole[:len(whole)-4], "the compressed data ends early; drop the whole file"},
		"damaged":    {whole[:len(whole)-8] + "damaged!", "unpack: gzip: invalid checksum; the file is damaged, drop it again"},
		"garbage":    {whole + "garbage after it", "unpack: gzip: invalid header; the file is damaged, drop it again"},
		"not packed": {rows, "the name ends in .gz, is the file compressed?"},
		"a bomb":     {bomb, "unpacks to more than 200 times its size"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, ticketsYAML+"pattern: '*.gz'\n")
			d.drop("a.csv.gz", test.text, hourAgo())
			_, err := d.drain(noon)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), filepath.Join(d.dir, "a.csv.gz")) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	d := newDesktop(t, ticketsYAML+"pattern: '*.gz'\n")
	d.drop("a.csv.gz", "", hourAgo())
	if page := d.fetch(noon); len(page.Records) != 0 {
		t.Errorf("an empty file is an empty drop, got %v", ids(page))
	}
}

func TestFilesThatAreNoText(t *testing.T) {
	const spreadsheet = "it is a spreadsheet or a zip archive: export it as CSV"
	for name, test := range map[string]struct{ file, text, want string }{
		"packed":                   {"a.csv", gzipped(t, goodText), "it is compressed with gzip: give it a name that ends in .gz"},
		"packed twice":             {"a.csv.gz", gzipped(t, gzipped(t, goodText)), "or unpack it"},
		"spreadsheet":              {"a.csv", "PK\x03\x04\x14\x00\x06\x00", spreadsheet},
		"packed spreadsheet":       {"a.csv.gz", gzipped(t, "PK\x03\x04\x14\x00\x06\x00"), spreadsheet},
		"spreadsheet of old times": {"a.csv", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", spreadsheet},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, ticketsYAML+"pattern: 'a.*'\n")
			d.drop(test.file, test.text, hourAgo())
			if _, err := d.drain(noon); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestAnEmptyFileIsToldOnce(t *testing.T) {
	for name, text := range map[string]string{"a.csv": "", "b.csv": "\n \r\n", "c.csv.gz": gzipped(t, "")} {
		d := newDesktop(t, ticketsYAML+"pattern: '?.csv*'\n")
		var log strings.Builder
		for range 2 {
			d.restart()
			d.source.(*Source).opts.Logger = slog.New(slog.NewTextHandler(&log, nil))
			d.drop(name, text, hourAgo())
			d.fetch(noon)
		}
		if n := strings.Count(log.String(), "the file is empty"); n != 1 || !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "file="+name) {
			t.Errorf("%s: told %d times: %s", name, n, log.String())
		}
	}
}

func TestHeadersThatAreDoubledOrMissing(t *testing.T) {
	const text = "id,created,Name,name,NAME\n1,2026-03-01 10:00:00,a,b,c\n"
	for header, want := range map[string]string{"Name": "a", "name": "b", "nAmE": "a", "name#2": "b", "name#3": "c"} {
		d := newDesktop(t, "directory: .\nrecord: ticket\ncolumns: {id: id, created_at: created, team: \""+header+"\"}\n")
		d.drop("a.csv", text, hourAgo())
		if got := d.fetch(noon).Records[0].Body.(*desk.Ticket).Team; got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
	for name, test := range map[string]struct{ header, file, want string }{
		"beyond the last": {"name#4", text, `no column "name#4" for columns.team; the file has "id", "created", "Name", "name", "NAME"; correct columns.team`},
		"other delimiter": {"name", "id;created;name\n", `set delimiter to ";"`},
		"other encoding":  {"name", "i\x00d\x00,\x00", "this looks like UTF-16"},
		"broken header":   {"name", "\"id\"x,name\n", "line 1, the header: text behind a closing quote"},
		"note is wrong":   {"name", "sep=;\nid,name\n", `set delimiter to ","; its first line sets the delimiter to ";", whatever delimiter says`},
		"web page":        {"name", "\n <!DOCTYPE html>\n<html>\n", "this looks like a web page or JSON, often an error page"},
		"JSON":            {"name", "{\"error\": \"gone\",\"code\": 410}", "line 1 is no header; this looks like a web page or JSON"},
		"JSON on lines":   {"name", "[\n  {\n", "this looks like a web page or JSON"},
		"in brackets":     {"name", "[id],[text]\n", "or give the file a header"},
		"known in angles": {"name", "<x>,id\n", `the file has "<x>", "id"; correct columns.created_at`},
		"many columns":    {"name", "id" + strings.Repeat(",x", 99) + "\n", `"x", ...; correct columns.created_at`},
		"no header":       {"name", "17,secret,secret\n", `the file has 3 columns and no header that columns names; correct columns.created_at, or give the file a header`},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, "directory: .\nrecord: ticket\ncolumns: {id: id, created_at: created, team: \""+test.header+"\"}\n")
			d.config.Columns = map[string]Strings{"id": {"id"}, "created_at": {"created"}, "team": {test.header}}
			if name != "beyond the last" {
				d.config.Columns = map[string]Strings{"id": {"id"}, "created_at": {test.header}}
			}
			d.restart()
			d.drop("a.csv", test.file, hourAgo())
			if _, err := d.drain(noon); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

// With the line ends of some mainframes, all of a file stands in its header.
func TestAHeaderThatNeverEndsIsNotShown(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	text := "id,created,status,team\u00851,2026-03-01 10:00:00,open,jane@example.org\u0085"
	d.drop("a.csv", text, hourAgo())
	_, err := d.drain(noon)
	if err == nil || !strings.Contains(err.Error(), "LF, CRLF or CR") {
		t.Fatalf("got %v, want the line ends that are read", err)
	}
	if strings.Contains(err.Error(), "jane") || strings.Contains(err.Error(), "2026-03-01") {
		t.Errorf("cells are shown: %v", err)
	}
}

func TestAHeaderHalfWrittenIsNoErrorYet(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"settle: 0s\n")
	d.drop("a.csv", "id,crea", noon)
	d.fetch(noon)
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,open,A\n", noon)
	if page := d.fetch(noon); len(page.Records) != 1 {
		t.Errorf("got %v", ids(page))
	}
	d.drop("b.csv", "id,crea", noon)
	if page := d.fetch(noon.Add(10e9)); len(page.Rejects) != 1 || !strings.Contains(page.Rejects[0].Detail, "no column") {
		t.Errorf("left alone for a while it is one, got %v", faults(page))
	}
}

func TestFilesWithoutRows(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("empty.csv", "", hourAgo())
	d.drop("blank.csv", "\n\n", hourAgo())
	d.drop("head.csv", strings.TrimSpace(ticketsHead), hourAgo())
	first := d.fetch(noon)
	if len(first.Records) != 0 || len(first.Rejects) != 0 {
		t.Errorf("got %v, %v", ids(first), faults(first))
	}
	for _, name := range []string{"empty.csv", "blank.csv", "head.csv"} {
		d.drop(name, ticketsHead+name+",2026-03-01 10:00:00,open,A\n", hourAgo().Add(1e9))
	}
	if page := d.fetch(noon); len(page.Records) != 3 {
		t.Errorf("got %v, want the rows that came", ids(page))
	}
}
