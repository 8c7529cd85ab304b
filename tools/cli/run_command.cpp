#include "run_command.h"

#include <Poco/Exception.h>
#include <Poco/Pipe.h>
#include <Poco/PipeStream.h>
#include <Poco/Process.h>
#include <Poco/StreamCopier.h>
#include <fmt/format.h>

#include <thread>

namespace midge::cli {
namespace {

// The exit code of Poco::Process's child if the program cannot be run.
constexpr int not_started_exit_code = 72;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const size_t action_end =
            line.substr(i).starts_with("{{") ? line.find("}}", i) : std::string_view::npos;
        if (action_end != std::string_view::npos) {
            word += line.substr(i, action_end + 2 - i);
            i = action_end + 1;
            in_word = true;
        } else if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
            in_word = true;
        } else if (quote != '\'' && c == '\\' && i + 1 < line.size()) {
            word += line[++i];
            in_word = true;
        } else if (quote == 0 && is_blank(c)) {
            if (in_word) words.push_back(std::move(word));
            word.clear();
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (quote != 0) return fail(Errc::invalid, fmt::format("command: {} is not closed", quote));
    if (in_word) words.push_back(std::move(word));
    if (words.empty()) return fail(Errc::invalid, "command: empty");
    return words;
}

Result<CommandOutput> run_command(const std::vector<std::string>& words, const std::string& input,
                                  const std::map<std::string, std::string>& environment) {
    try {
        Poco::Pipe in;
        Poco::Pipe out;
        const Poco::Process::Args args(words.begin() + 1, words.end());
        const Poco::Process::Env env(environment.begin(), environment.end());
        const Poco::ProcessHandle child =
            Poco::Process::launch(words.front(), args, &in, &out, &out, env);
        // On a thread of its own, because a program may answer before it has read everything.
        std::thread writer([&in, &input] {
            Poco::PipeOutputStream stream(in);
            stream << input;
            stream.close();
        });
        CommandOutput output;
        Poco::PipeInputStream stream(out);
        Poco::StreamCopier::copyToString(stream, output.text);
        writer.join();
        output.exit_code = child.wait();
        if (output.exit_code == not_started_exit_code && output.text.empty()) {
            return fail(Errc::not_found, fmt::format("{}: cannot be started", words.front()));
        }
        return output;
    } catch (const Poco::Exception& e) {
        return fail(fmt::format("{}: {}", words.front(), e.displayText()));
    }
}

}  // namespace midge::cli
