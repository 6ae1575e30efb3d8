package markdown

import "strings"

// Quotes of most languages.
var (
	double   = quote{open: `"`, close: `"`}
	single   = quote{open: `'`, close: `'`}
	char     = quote{open: `'`, char: true}
	backtick = quote{open: "`", close: "`", lines: true}
	triple   = quote{open: `"""`, close: `"""`, lines: true}
	triple1  = quote{open: `'''`, close: `'''`, lines: true}
)

// languageOf is the language of a fence's info word; nil if it is not known.
func languageOf(info string) *language {
	for _, find := range [...]func(string) *language{cLike, scripting, data} {
		if g := find(strings.ToLower(info)); g != nil {
			return g
		}
	}
	return nil
}

// cLike are the languages with // and /* */.
func cLike(name string) *language {
	g := language{
		line: []string{"//"}, block: [2]string{"/*", "*/"},
		quotes: []quote{double, single}, types: true,
	}
	switch name {
	case "go", "golang":
		g.quotes = []quote{double, char, {open: "`", close: "`", lines: true, raw: true}}
		g.words = words("break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false iota",
			"any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr")
	case "js", "javascript", "jsx", "mjs", "ts", "typescript", "tsx":
		g.quotes = []quote{double, single, backtick}
		g.words = words("abstract as async await break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in instanceof interface keyof let namespace new null of private protected public readonly return satisfies set static super switch this throw true try type typeof undefined var void while with yield",
			"any bigint boolean never number object string symbol unknown")
	case "java", "kotlin", "kt", "kts", "scala", "groovy":
		g.quotes = []quote{triple, double, single}
		g.words = words("abstract as assert break by case catch class companion const constructor continue data def default do else enum extends false final finally for fun if implements import in inline instanceof interface internal is lateinit native new null object open operator override package private protected public record return sealed static super suspend switch synchronized this throw throws trait transient true try typealias val var volatile when while with yield",
			"boolean byte char double float int long short void")
	case "c", "h", "cpp", "c++", "cc", "hpp", "cxx", "objc", "arduino", "cuda", "glsl":
		g.quotes = []quote{double, char}
		g.words = words("alignas alignof auto break case catch class const consteval constexpr constinit continue co_await co_return co_yield decltype default delete do else enum explicit export extern false final for friend goto if inline mutable namespace new noexcept nullptr operator override private protected public register requires return sizeof static static_assert static_cast struct switch template this throw true try typedef typename union using virtual volatile while NULL",
			"bool char double float int long short signed unsigned void size_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t string vector")
	case "cs", "csharp", "c#":
		g.words = words("abstract as async await base break case catch checked class const continue default delegate do else enum event explicit extern false finally fixed for foreach get goto if implicit in init interface internal is lock namespace new null operator out override params private protected public readonly record ref return sealed set sizeof stackalloc static struct switch this throw true try typeof unchecked unsafe using value var virtual volatile when where while with yield",
			"bool byte char decimal double dynamic float int long object sbyte short string uint ulong ushort void")
	case "rust", "rs":
		g.quotes = []quote{{open: `"`, close: `"`, lines: true}, char}
		g.words = words("as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type union unsafe use where while",
			"bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize")
	case "swift", "dart", "zig":
		g.quotes = []quote{triple, double, single}
		g.words = words("actor any as associatedtype async await break case catch class continue default defer deinit do else enum extension fallthrough false fileprivate final for func guard if import in init inout internal is lazy let mutating nil open operator override private protocol public repeat required rethrows return self Self some static struct subscript super switch throw throws true try typealias var weak where while",
			"")
	case "php":
		g.line = append(g.line, "#")
		g.words = words("abstract and array as break case catch class clone const continue declare default do echo else elseif empty enum extends false final finally fn for foreach function global goto if implements include include_once instanceof insteadof interface isset list match namespace new null or print private protected public readonly require require_once return static switch throw trait true try unset use var while xor yield",
			"bool float int iterable mixed object string void")
	case "css", "scss", "less":
		g = language{form: shape, block: g.block, quotes: g.quotes, keys: ':', lisp: true}
		g.words = words("important", "")
	default:
		return nil
	}
	return &g
}

// scripting are the languages whose comments begin otherwise.
func scripting(name string) *language {
	g := language{line: []string{"#"}, quotes: []quote{double, single}}
	switch name {
	case "python", "py", "python3":
		g.quotes = []quote{triple, triple1, double, single}
		g.types = true
		g.words = words("and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return True try while with yield self",
			"bool bytes dict float frozenset int list object set str tuple type")
	case "bash", "sh", "shell", "zsh", "console", "fish":
		g.spaced, g.lisp = true, true
		g.quotes = []quote{{open: `"`, close: `"`, lines: true}, {open: `'`, close: `'`, lines: true, raw: true}}
		g.words = words("if then else elif fi for while until do done case esac in function return exit local export readonly declare unset shift break continue select time trap source alias eval exec set",
			"echo cd printf read test sudo")
	case "ruby", "rb":
		g.types = true
		g.words = words("alias and begin break case class def defined? do else elsif end ensure extend false for if in include module next nil not or private protected public raise redo require require_relative rescue retry return self super then true undef unless until when while yield attr_accessor attr_reader attr_writer", "")
	case "r", "julia", "jl", "elixir", "ex", "perl", "pl", "nim", "powershell", "ps1":
		g.quotes = []quote{triple, double, single}
		g.words = words("abstract begin break catch const continue def defmodule defp do else elseif elsif end export false FALSE finally for foreach fn function global if import in let local macro module mutable my next NULL our package param process quote repeat require return struct sub then true TRUE try unless use using when where while", "")
	case "sql", "postgresql", "postgres", "mysql", "sqlite", "plsql", "tsql":
		g.line, g.block, g.fold = []string{"--"}, [2]string{"/*", "*/"}, true
		g.words = words("add all alter and any as asc begin between by cascade case check column commit constraint create cross database default delete desc distinct drop else end except exists explain false fetch first following for foreign from full function grant group having if ilike in index inner insert intersect into is join key last lateral left like limit natural not null nulls offset on or order outer over partition preceding primary procedure recursive references returning revoke right rollback row rows select set table then to transaction trigger true truncate unbounded union unique update using values view when where window with",
			"bigint boolean bytea char date decimal double float int integer interval json jsonb numeric precision real serial smallint text time timestamp timestamptz uuid varchar")
	case "lua":
		g.line = []string{"--"}
		g.words = words("and break do else elseif end false for function goto if in local nil not or repeat return then true until while", "")
	case "haskell", "hs", "elm":
		g.line, g.block, g.types = []string{"--"}, [2]string{"{-", "-}"}, true
		g.quotes = []quote{double, char}
		g.words = words("case class data deriving do else if import in infix infixl infixr instance let module newtype of then type where qualified as hiding", "")
	case "dockerfile", "docker", "containerfile":
		g.words = words("FROM AS RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL", "")
	case "make", "makefile", "mk", "cmake":
		g.keys = ':'
		g.words = words("ifeq ifneq ifdef ifndef else endif include define endef export override", "")
	case "hcl", "terraform", "tf", "nginx":
		g.keys = '='
		g.words = words("resource variable output module provider data locals terraform server location listen for in if true false null", "")
	default:
		return nil
	}
	return &g
}

// data are the formats without statements.
func data(name string) *language {
	switch name {
	case "json", "jsonc", "json5", "jsonl", "ndjson":
		return &language{line: []string{"//"}, quotes: []quote{double}, keys: ':', words: words("true false null", "")}
	case "yaml", "yml":
		return &language{line: []string{"#"}, spaced: true, quotes: []quote{double, single}, keys: ':', lisp: true, words: words("true false null yes no on off", "")}
	case "toml", "ini", "conf", "env", "dotenv", "properties":
		return &language{line: []string{"#", ";"}, quotes: []quote{triple, double, single}, keys: '=', lisp: true, words: words("true false", "")}
	case "html", "xml", "svg", "vue", "svelte", "xhtml", "htm":
		return &language{
			form: markup, block: [2]string{"<!--", "-->"},
			quotes: []quote{{open: `"`, close: `"`, lines: true, raw: true}, {open: `'`, close: `'`, lines: true, raw: true}},
		}
	case "diff", "patch":
		return &language{form: patch}
	}
	return nil
}

func words(keywords, types string) map[string]look {
	all := map[string]look{}
	for _, w := range strings.Fields(keywords) {
		all[w] = keyword
	}
	for _, w := range strings.Fields(types) {
		all[w] = typename
	}
	return all
}
