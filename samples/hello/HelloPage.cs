namespace Hello;

/// <summary>The smallest page that shows what the program does.</summary>
internal static class HelloPage
{
    public const string Html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Hello</title>
        <style>
          :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
          body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
          form { display: flex; gap: .5rem; flex-wrap: wrap; }
          input { flex: 1 1 12rem; font: inherit; padding: .5rem; }
          button { font: inherit; padding: .5rem 1rem; }
          ol { list-style: none; padding: 0; }
        </style>
        <h1>Hello</h1>
        <form><input aria-label="Message" placeholder="Say something" autocomplete="off"><button>Send</button><button type="button">Roll a die</button></form>
        <p role="status"></p>
        <ol></ol>
        <script type="module">
          import { Realtime } from '/realtime.js';

          const rt = new Realtime();
          const [form, status, list] = ['form', 'p', 'ol'].map((name) => document.querySelector(name));
          const tell = (work) => work.then((said) => { status.textContent = said; }, (error) => { status.textContent = error.message; });

          form.onsubmit = (event) => {
            event.preventDefault();
            tell(rt.publish('chat:lobby', { text: form[0].value }).then(() => { form[0].value = ''; return ''; }));
          };
          form[2].onclick = () => tell(rt.call('roll', { sides: 6 }).then(({ rolled }) => `You rolled ${rolled}.`));

          for await (const item of rt.subscribe('chat:lobby', { history: 20 })) {
            if (item.type === 'message') list.prepend(Object.assign(document.createElement('li'), { textContent: item.data.text }));
          }
        </script>
        </html>
        """;
}
