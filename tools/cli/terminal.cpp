#include "terminal.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <ctime>

#include "base/terminal.h"

namespace midge::cli {

void note(std::string_view text) {
    const std::string line =
        fmt::format("{:%H:%M:%S} {}\n", fmt::localtime(std::time(nullptr)), text);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

std::string go_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (byte < 0x20 || byte == 0x7f) {
                    out += fmt::format("\\x{:02x}", byte);
                } else {
                    out += c;
                }
        }
    }
    return out + "\"";
}

namespace {
std::string with_commas(uint64_t number) {
    std::string out = std::to_string(number);
    for (int at = static_cast<int>(out.size()) - 3; at > 0; at -= 3) {
        out.insert(static_cast<size_t>(at), ",");
    }
    return out;
}
}  // namespace

ProgressLine::ProgressLine(uint64_t total)
    : total_(total), active_(is_terminal(StandardStream::err)) {}

ProgressLine::~ProgressLine() {
    if (active_) std::fputc('\n', stderr);
}

void ProgressLine::show(uint64_t done) {
    if (!active_) return;
    fmt::print(stderr, "\r{} / {} messages", with_commas(done), with_commas(total_));
    std::fflush(stderr);
}

}  // namespace midge::cli
