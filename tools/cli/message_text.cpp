#include "message_text.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "run_command.h"
#include "terminal.h"

namespace midge::cli {
namespace {

Result<std::string> translated(const std::string& data, const std::string& command) {
    if (command.empty()) return data;
    Result<std::vector<std::string>> words = split_command(command);
    if (!words) return pass(words);
    Result<CommandOutput> output = run_command(*words, data);
    if (!output) return pass(output);
    if (output->exit_code != 0) return fail(fmt::format("exit status {}", output->exit_code));
    return std::move(output->text);
}

struct Block {
    std::string text;
    bool newline_added;
};

Block make_block(const std::string& data, const std::string& translate) {
    if (data.empty() && translate.empty()) return {"nil body\n", true};
    const Result<std::string> text = translated(data, translate);
    if (!text) {
        return {fmt::format("{}\nError while translating msg body: {}\n", go_quoted(data),
                            text.error().text),
                false};
    }
    if (text->ends_with('\n')) return {*text, false};
    return {*text + '\n', true};
}

}  // namespace

Result<Headers> parse_headers(const std::vector<std::string>& lines, const TemplateInput& input) {
    Headers headers;
    for (const std::string& line : lines) {
        const size_t colon = line.find(':');
        if (colon == std::string::npos || trim(line.substr(0, colon)).empty()) {
            return fail(Errc::invalid,
                        fmt::format("invalid header {}, expected Key:Value", go_quoted(line)));
        }
        Result<std::string> value =
            expand_template(trim(std::string_view(line).substr(colon + 1)), input);
        if (!value) {
            return fail(Errc::invalid, "failed to parse Header template: " + value.error().text);
        }
        headers.emplace_back(trim(std::string_view(line).substr(0, colon)), *value);
    }
    return headers;
}

std::string header_lines(const Headers& headers) {
    std::string out;
    for (const auto& [name, value] : headers) out += fmt::format("{}: {}\n", name, value);
    if (!headers.empty()) out += '\n';
    return out;
}

std::string body_block(const std::string& data, const std::string& translate) {
    return make_block(data, translate).text;
}

std::string body_paragraph(const std::string& data, const std::string& translate) {
    const Block block = make_block(data, translate);
    return block.text + (block.newline_added ? "\n\n" : "\n");
}

std::string message_json(const Message& message) {
    JsonWriter json;
    json.begin_object();
    json.field("Subject", message.subject).field("Reply", message.reply).key("Header");
    if (message.headers.empty()) {
        json.null();
    } else {
        json.begin_object();
        for (size_t i = 0; i < message.headers.size();) {
            const std::string& name = message.headers[i].first;
            json.key(name).begin_array();
            for (; i < message.headers.size() && message.headers[i].first == name; ++i) {
                json.value(message.headers[i].second);
            }
            json.end_array();
        }
        json.end_object();
    }
    json.field("Data", base64_encode(message.data)).key("Sub").null();
    json.end_object();
    return json.take();
}

}  // namespace midge::cli
