#include "tests/support/browser.hpp"

namespace support {

Browser::Browser(const std::string& url, const std::string& local_name)
    : process_{{{"chromium",
                 "--headless=new",
                 "--no-sandbox",  // root may not have one
                 "--disable-gpu",
                 "--disable-dev-shm-usage",
                 "--disable-background-networking",
                 "--no-first-run",
                 "--host-resolver-rules=MAP " + local_name +
                     " 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                 "--user-data-dir=" + profile_.path().string(),
                 "--remote-debugging-port=0",
                 "--enable-logging=stderr",
                 url},
                {},
                {}}} {}

}  // namespace support
