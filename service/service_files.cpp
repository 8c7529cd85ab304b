#include "service_files.h"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetworkInterface.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/json_writer.h"
#include "base/program.h"
#include "base/text.h"
#include "process_info.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

Result<> write_file(const fs::path& path, const std::string& text) {
    const auto failed = [&](const char* call) {
        return fail(Errc::unavailable,
                    fmt::format("{} {}: {}", call, path.string(),
                                to_lower_ascii(std::generic_category().message(errno))));
    };
    std::FILE* const file = open_c_file(path, "wb");
    if (file == nullptr) return failed("open");
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const bool closed = std::fclose(file) == 0;
    if (!written || !closed) return failed("write");
    return {};
}

std::string url_of(std::string_view scheme, const std::string& address, uint16_t port) {
    const bool v6 = address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", scheme, v6 ? "[" : "", address, v6 ? "]" : "", port);
}

// Returns the text of an interface's address without the zone that POCO appends.
std::string plain_text(const Poco::Net::IPAddress& address) {
    const std::string text = address.toString();
    return text.substr(0, text.find('%'));
}

}  // namespace

Result<> write_pid_file(const std::string& path) {
    return write_file(path, fmt::format("{}", current_process_id()));
}

std::vector<std::string> listener_urls(std::string_view scheme, const std::string& host,
                                       uint16_t port) {
    const bool any = host == "0.0.0.0" || host == "::" || host.empty();
    if (!any) return {url_of(scheme, host, port)};
    std::vector<std::string> urls;
    try {
        for (const auto& [index, network] : Poco::Net::NetworkInterface::map(true, true)) {
            for (const auto& address : network.addressList()) {
                const auto& ip = address.get<Poco::Net::NetworkInterface::IP_ADDRESS>();
                urls.push_back(url_of(scheme, plain_text(ip), port));
            }
        }
    } catch (const Poco::Exception&) {
        urls.clear();  // without a list of interfaces, only the loopback address is certain
    }
    if (urls.empty()) urls.push_back(url_of(scheme, "127.0.0.1", port));
    return urls;
}

Result<PortsFile> PortsFile::write(const std::string& folder, const std::string& program,
                                   const ListenerUrls& listeners) {
    JsonWriter json;
    json.begin_object();
    for (const auto& [kind, urls] : listeners) {
        json.key(kind).begin_array();
        for (const std::string& url : urls) json.value(url);
        json.end_array();
    }
    const std::string text = json.end_object().take();
    const fs::path path =
        fs::path(folder) / fmt::format("{}_{}.ports", program, current_process_id());
    fs::path unfinished = path;
    unfinished += ".new";
    // Renamed, so that other programs never read a half-written file.
    const auto failed = [&](std::string_view why) {
        return fail(Errc::unavailable,
                    fmt::format("Error writing ports file ({}): {}", path.string(), why));
    };
    if (auto written = write_file(unfinished, text); !written) return failed(written.error().text);
    std::error_code failure;
    fs::rename(unfinished, path, failure);
    if (failure) return failed(fmt::format("rename {}: {}", path.string(), failure.message()));
    return PortsFile(path);
}

PortsFile::~PortsFile() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove(path_, ignored);
}

}  // namespace midge
