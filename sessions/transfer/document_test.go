package transfer

import (
	"os"
	"path/filepath"
	"testing"
)

func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What was written on a canvas is what was asked for, and parts of kinds that
// nobody knew when this was written cost no conversation.
func TestChatGPTsCanvasStandsInTheAnswer(t *testing.T) {
	path := written(t, "conversations.json", `[{"conversation_id":"c-1","title":"Canvas","create_time":1768000000,"update_time":1768000100.5,"gizmo_id":"g-abc","gizmo_type":"gpt",
"default_model_slug":"gpt-5-2","current_node":"a5","async_status":null,"moderation_results":[],"mapping":{
"root":{"id":"root","message":null,"parent":null,"children":["ctx"]},
"ctx":{"parent":"root","message":{"author":{"role":"assistant"},"content":{"content_type":"model_editable_context","model_set_context":"likes oak"},"recipient":"all","metadata":null}},
"u1":{"parent":"ctx","message":{"author":{"role":"user","metadata":{}},"create_time":1768000001,"content":{"content_type":"multimodal_text","parts":["Write a poem and a script.",{"content_type":"hologram_pointer","text":"?"},17,null,["nested"]]},"metadata":{"attachments":null,"targeted_reply":"x"}}},
"a1":{"parent":"u1","message":{"author":{"role":"assistant"},"create_time":1768000002,"content":{"content_type":"thoughts","thoughts":[{"summary":"Rhyme","content":"It should rhyme.","chunks":[],"finished":true}],"source_analysis_msg_id":"z"},"recipient":"all","metadata":{"model_slug":"gpt-5-2-thinking"}}},
"a2":{"parent":"a1","message":{"author":{"role":"assistant"},"create_time":1768000003,"content":{"content_type":"reasoning_recap","content":"Thought for 4s"},"recipient":"all"}},
"a3":{"parent":"a2","message":{"author":{"role":"assistant"},"create_time":1768000004,"content":{"content_type":"code","language":"json","text":"{\"name\":\"Oak  poem\",\"type\":\"document\",\"content\":\"Oak,\\nbespoke.\\n\"}"},"recipient":"canmore.create_textdoc"}},
"t3":{"parent":"a3","message":{"author":{"role":"tool","name":"canmore.create_textdoc"},"content":{"content_type":"text","parts":["Successfully created"]},"metadata":{"canvas":{"textdoc_id":"d-1"}}}},
"a4":{"parent":"t3","message":{"author":{"role":"assistant"},"create_time":1768000005,"content":{"content_type":"text","parts":["{\"name\":\"tree.py\",\"type\":\"code/python\",\"content\":\"s = '''\\n`+"```"+`\\n'''\"}"]},"recipient":"canmore.create_textdoc"}},
"b4":{"parent":"a4","message":{"author":{"role":"assistant"},"create_time":1768000006,"content":{"content_type":"code","text":"{\"updates\":[{\"pattern\":\"bespoke\",\"multiple\":false,\"replacement\":\"broke\"}]}"},"recipient":"canmore.update_textdoc"}},
"c4":{"parent":"b4","message":{"author":{"role":"assistant"},"create_time":1768000007,"content":{"content_type":"code","text":"{\"updates\":[{\"pattern\":\".*\",\"multiple\":true,\"replacement\":\"All new.\"}]}"},"recipient":"canmore.update_textdoc"}},
"a5":{"parent":"c4","message":{"author":{"role":"assistant"},"create_time":1768000008,"content":{"content_type":"text","parts":["Both are on the canvas."]},"recipient":"all","channel":"final","status":"finished_successfully"}}}}]`)
	look(t, path, "chatgpt", `c-1 "Canvas" from 2026-01-09T23:06:40Z to 2026-01-09T23:08:20.5Z, at turn 1, asks chatgpt/gpt-5-2
1<0 "Write a poem and a script."
 *1 chatgpt/gpt-5-2 stop: "**Oak poem**\n\nOak,\nbespoke.\n\n**tree.py**\n\n`+"````"+`python\ns = '''\n`+"```"+`\n'''\n`+"````"+`\n\nAll new.\n\nBoth are on the canvas." thought "It should rhyme."
`, `1 instructions of custom GPTs, which the export does not hold (line 1, byte 2, conversation "Canvas")
1 what ChatGPT remembers of other conversations (line 1, byte 2, conversation "Canvas")
1 messages of tools (line 1, byte 2, conversation "Canvas")
3 parts of a kind that juxta does not know (line 1, byte 2, conversation "Canvas")
1 notes on how long a model thought (line 1, byte 2, conversation "Canvas")
1 changes to a document beside the conversation (line 1, byte 2, conversation "Canvas")
`)
}

func TestClaudesArtifactsStandInTheAnswer(t *testing.T) {
	path := written(t, "conversations.json", `[{"uuid":"c-1","name":"Artifacts","summary":"","created_at":"2026-02-01T10:00:00.000000Z","updated_at":"2026-02-01T10:05:00Z","account":{"uuid":"a"},"chat_messages":[
{"uuid":"m-1","text":"Draw a tree","content":[{"start_timestamp":null,"stop_timestamp":null,"flags":null,"type":"text","text":"Draw a tree","citations":[]}],"sender":"human","created_at":"2026-02-01T10:00:01Z","updated_at":"2026-02-01T10:00:01Z","attachments":[],"files":[{"file_name":"oak.png","file_uuid":"f"}],"parent_message_uuid":"00000000-0000-4000-8000-000000000000"},
{"uuid":"m-2","text":"","sender":"assistant","created_at":"2026-02-01T10:00:09Z","attachments":[],"files":[],"parent_message_uuid":"m-1","content":[
 {"type":"thinking","thinking":"A tree has a trunk.","summaries":[{"summary":"Trunk"}],"cut_off":false},
 {"type":"text","text":"Here it is.","citations":[]},
 {"type":"tool_use","id":null,"name":"artifacts","input":{"id":"tree","type":"image/svg+xml","title":"A tree","command":"create","content":"<svg/>","version_uuid":"v"},"message":"artifacts"},
 {"type":"tool_result","name":"artifacts","content":[{"type":"text","text":"OK"}],"is_error":false},
 {"type":"token_budget"},
 {"type":"tool_use","name":"artifacts","input":{"id":"tree","command":"update","old_str":"<svg/>","new_str":"<svg></svg>"}},
 {"type":"tool_use","name":"create_file","input":{"path":"/mnt/user-data/outputs/notes.md","file_text":"# Notes\n","description":"notes"}},
 {"type":"tool_use","name":"create_file","input":{"path":"/mnt/user-data/outputs/run.sh","file_text":"ls\n"}},
 {"type":"tool_use","name":"bash_tool","input":{"command":"ls"}},
 {"type":"tool_use","name":"artifacts","input":"no object"},
 {"type":"text","text":"Done.","citations":[{"uuid":"x"}]},
 {"type":"text","text":" Really."}]}]},
{"uuid":"c-2","name":"","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:05:00Z","chat_messages":[]}]`)
	look(t, path, "claude", `c-1 "Artifacts" from 2026-02-01T10:00:00Z to 2026-02-01T10:05:00Z, at turn 1, asks claude/unknown
1<0 "Draw a tree"
 *1 claude/unknown stop: "Here it is.\n\n**A tree**\n\n`+"```svg\\n<svg/>\\n```"+`\n\n**notes.md**\n\n# Notes\n\n**run.sh**\n\n`+"```sh\\nls\\n```"+`\n\nDone. Really." thought "A tree has a trunk."
`, `1 files that the export does not hold (line 1, byte 2, conversation "Artifacts")
1 messages of tools (line 1, byte 2, conversation "Artifacts")
3 calls of tools (line 1, byte 2, conversation "Artifacts")
1 conversations without a question (line 16, byte 1774, conversation "c-2")
`)
}
