#pragma once
// Texts of programs that have several names show the name by which the program was called.
#include <string>
#include <string_view>
#include <vector>

namespace midge::tools {

// Replaces the word `usual` before a blank with `own`: " nsc add user" -> " midge-nsc add user".
// Texts about the official program stay unchanged.
[[nodiscard]] std::string in_own_name(std::string text, std::string_view usual,
                                      std::string_view own);

// The same in the help of a CLI::App and all its commands.
template <class App>
void show_own_name(App& app, std::string_view usual, std::string_view own) {
    app.description(in_own_name(app.get_description(), usual, own));
    app.footer(in_own_name(app.get_footer(), usual, own));
    for (auto* option : app.get_options())
        option->description(in_own_name(option->get_description(), usual, own));
    for (App* below : app.get_subcommands([](const App* /*any*/) { return true; }))
        show_own_name(*below, usual, own);
}

// Returns `Run "nats pub --help" to see how to call it.`
[[nodiscard]] std::string help_hint(const std::string& words);

// The same with the command in `arguments`, as the user has spelt it.
template <class App>
std::string help_hint(const App& app, const std::vector<std::string>& arguments) {
    std::string words = app.get_name();
    const App* command = &app;
    for (auto below = app.get_subcommands(); !below.empty(); below = command->get_subcommands()) {
        command = below.front();
        std::string spelling = command->get_name();
        for (const std::string& word : arguments) {
            if (command->check_name(word)) spelling = word;
        }
        words += " " + spelling;
    }
    return help_hint(words + " --help");
}

}  // namespace midge::tools
