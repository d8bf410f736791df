// GraphiQL instead of the page's text, where all of it came. Nothing goes into the address, which
// ends in histories and logs, and what was typed, the key too, ends with the tab.
(() => {
  "use strict";
  const HINT = '{\n  "Authorization": "Bearer rap_PASTE_YOUR_KEY_HERE"\n}';
  const HOW = "# Paste your API key into Headers below.\n# Ctrl-Enter sends.\n\n";
  const TOKEN = /rap_[0-9a-z]{26}_[\w-]{43}/;
  const url = location.origin + location.pathname;
  const one = (id) => document.getElementById(id);

  async function ask(asked, given) {
    const headers = { ...given?.headers, "Content-Type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(asked) });
    return answer.json();
  }

  function Explorer() {
    const [headers, setHeaders] = React.useState(sessionStorage.getItem("graphiql:headers"));
    const token = headers?.match(TOKEN)?.[0];
    // a new fetcher makes GraphiQL read the schema again: with the key there is something to read
    const fetcher = React.useMemo(() => (asked, given) => ask(asked, given), [token]);
    return React.createElement(GraphiQL, {
      fetcher,
      schema: token ? undefined : null,
      storage: sessionStorage,
      shouldPersistHeaders: true,
      defaultQuery: HOW + one("query").textContent,
      defaultHeaders: HINT,
      defaultEditorToolsVisibility: "headers",
      onEditHeaders: setHeaders,
    });
  }

  for (const each of document.querySelectorAll(".url")) each.textContent = url;
  addEventListener("DOMContentLoaded", () => {
    if (window.React && window.ReactDOM && window.GraphiQL && one("look").sheet) {
      one("by-hand").hidden = true;
      one("explorer").hidden = false;
      ReactDOM.createRoot(one("explorer")).render(React.createElement(Explorer));
    } else {
      const host = new URL(one("look").href).host;
      one("state").textContent = `The explorer did not come from ${host}: is there no internet here?`;
    }
  });
})();
