using System.Net;
using System.Net.Sockets;
using Realtime.Tests.Clients;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;

namespace Realtime.Tests.Page;

/// <summary>What the page's content security policy lets through.</summary>
[Collection(InChromium.Name)]
public sealed class PolicyTests(ScenarioServer server, Chromium chromium) : PageStage(server, chromium)
{
    [Fact]
    public async Task Sockets_may_go_to_nodes_that_were_added_since_and_nothing_else_leaves_the_page()
    {
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var other = $"127.0.0.1:{((IPEndPoint)elsewhere.LocalEndpoint).Port}";
        var page = await LookAsync(new Uri($"http://{Server.Endpoint}"));

        var refused = await page.EvaluateAsync<string[]>(
            """
            async (other) => {
              const refused = [];
              addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.push(effectiveDirective));
              const socket = new WebSocket(`ws://${other}/v1/connect`);
              await fetch(`http://${other}/`).catch(() => {});
              document.head.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.injected = true' }));
              document.body.append(Object.assign(new Image(), { src: `http://${other}/x.png` }));
              document.head.append(Object.assign(document.createElement('base'), { href: `http://${other}/` }));
              // What is refused is told in its order, so a refused socket would be among the first four.
              while (refused.length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
              socket.close();
              return refused;
            }
            """,
            other).Within("four refusals");

        refused.Order().ShouldBe(["base-uri", "connect-src", "img-src", "script-src-elem"]);
        (await page.EvaluateAsync<bool>("() => 'injected' in globalThis")).ShouldBeFalse();
    }
}
