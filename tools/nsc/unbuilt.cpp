#include "base/text.h"
#include "nsc/commands.h"

namespace midge::tools {
namespace {

// "group command" or "command". Entries are removed when their commands are supported.
constexpr const char* unbuilt_commands[] = {
    "add export",
    "add import",
    "add mapping",
    "delete export",
    "delete import",
    "delete mapping",
    "edit export",
    "edit signing-key",
    "expirations",
    "export keys",
    "fix",
    "generate activation",
    "generate context",
    "generate diagram",
    "generate profile",
    "import account",
    "import keys",
    "import user",
    "keys migrate",
    "init",
    "load",
    "migrate",
    "reissue operator",
    "rename account",
    "revocations add_activation",
    "revocations delete_activation",
    "revocations list_activations",
    "tool pub",
    "tool reply",
    "tool req",
    "tool rtt",
    "tool sub",
    "update",
    "upgrade-jwt",
    "validate",
};

}  // namespace

void add_unbuilt_commands(Commands& commands) {
    for (const std::string text : unbuilt_commands) {
        const auto words = split(text, ' ');
        const std::string parent(words.size() == 2 ? words.front() : std::string_view());
        commands.declare_unbuilt(parent, std::string(words.back()), [text](Context&) -> Result<> {
            return fail(Errc::unsupported, fmt::format("\"{}\" is not supported yet", text));
        });
    }
}

}  // namespace midge::tools
