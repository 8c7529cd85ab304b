// Any bytes as a configuration file: load_options returns options or an error text, and has no
// other effect.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/options_diff.h"
#include "config/options_loader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    midge::ConfigSources sources;
    // Every file has this content again, so that includes nest. The environment refers to itself.
    sources.read_file = [&](const std::string& path) -> midge::Result<std::string> {
        if (path == "missing") return midge::fail("open missing: no such file or directory");
        return text.substr(0, text.size() / 2);
    };
    sources.environment = [](const std::string& name) {
        return std::optional("[$" + name + "x, 5k]");
    };
    const auto loaded = midge::load_options_from_text(text, "fuzz.conf", sources);
    if (!loaded) {
        if (loaded.error().text.empty()) std::abort();
        return 0;
    }
    (void)midge::check_options(loaded->options);
    if (!midge::diff(loaded->options, loaded->options).empty()) std::abort();
    return 0;
}
