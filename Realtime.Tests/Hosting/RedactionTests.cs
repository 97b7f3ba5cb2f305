using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Realtime.Tests.Auth;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Hosting;

/// <summary>Secrets and content go through a node that writes all it can, and none of them is in what it writes.</summary>
public sealed class RedactionTests : IDisposable
{
    private const string Key = "canary-key-0123456789-0123456789-0123456789";
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Nothing_secret_that_clients_and_operators_bring_is_written()
    {
        await using var node = NodeProcess.Start(
            _directory.Path,
            new Dictionary<string, string>
            {
                ["REALTIME__AUTH__DEVELOPMENTKEY"] = Key,
                ["REALTIME__AUTH__JWKS"] = _directory.File("no-keys.json"),
                ["REALTIME__OPERATOR__KEY"] = "canary-operator-key",
                ["REALTIME__LOG__LEVEL"] = "Verbose",

                // In the case of the namespace: Serilog compares names exactly.
                ["SERILOG__MINIMUMLEVEL__OVERRIDE__Microsoft"] = "Verbose",
                ["SERILOG__MINIMUMLEVEL__OVERRIDE__Akka"] = "Verbose",
            },
            "--port", "0", "--store", "memory");
        var url = await node.UrlAsync();
        var good = Jwt.Sign($$"""{"sub":"ada","exp":{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600}},"info":"canary-info"}""", Key);
        var tokens = new[] { good, Jwt.Sign("""{"sub":"ada"}""", "canary-wrong-key-0123456789-0123456789"), Jwt.Sign("""{"sub":"a\nFAKE LINE"}""", Key), "canary-token", good[..^3] + "canary" };
        var resumes = new List<string>();
        foreach (var token in tokens)
        {
            await using var client = await RawClient.OpenAsync(url, query: "ticket=canary-ticket&access_token=canary-query");
            await client.SendAsync($$"""{"type":"hello","id":1,"token":"{{token}}","data":"canary-data"}""");
            if (token != good)
            {
                await client.WaitAsync("goodbye");
                continue;
            }

            await client.WaitAsync("welcome");
            resumes.Add(client.Session);
            await client.AskAsync("""{"type":"publish","id":2,"channel":"chat:t","data":"canary-payload"}""");
            await client.AskAsync("""{"type":"refresh","id":3,"token":"canary-refresh"}""");
            await client.AskAsync("""{"type":"subscribe","id":4,"channel":"$chat:vip","token":"canary-subscription"}""");
            await client.AskAsync("""{"type":"set","id":5,"key":"k","value":"canary-state"}""");
            await client.SendAsync("canary-no-frame");
            await client.WaitAsync("goodbye");
        }

        await ConnectAsync(url, socket => socket.Options.AddSubProtocol("ticket.canary-protocol"));
        await ConnectAsync(url, socket =>
        {
            socket.Options.AddSubProtocol("realtime.v1.json");
            socket.Options.SetRequestHeader("Authorization", "Bearer canary-bearer");
            socket.Options.SetRequestHeader("Cookie", "session=canary-cookie");
        });
        using var http = new HttpClient { BaseAddress = url };
        using var gateway = new HttpRequestMessage(HttpMethod.Get, "/v1/gateway?ticket=canary-gateway");
        gateway.Headers.Authorization = new AuthenticationHeaderValue("Bearer", resumes.Single());
        (await http.SendAsync(gateway, TestContext.Current.CancellationToken)).Dispose();
        using var operators = new HttpRequestMessage(HttpMethod.Post, new Uri(OperatorUrl(node), "operator/v1/users/ada/revoke?key=canary-operator-query"));
        operators.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "canary-operator-key");
        operators.Content = JsonContent.Create(new { reason = "done" });
        (await http.SendAsync(operators, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode().Dispose();
        await node.SignalAsync("TERM");
        (await node.ExitAsync()).ShouldBe(0);

        var all = string.Join('\n', [.. node.Output, .. node.Faults]);
        all.ShouldNotContain("canary");
        tokens.Where(token => token.Length > 20).ShouldAllBe(token => !all.Contains(token.Substring(token.Length / 2, 10), StringComparison.Ordinal));
        resumes.ShouldAllBe(resume => !all.Contains(resume, StringComparison.Ordinal));
        node.Output.ShouldNotContain(line => line.StartsWith("FAKE LINE", StringComparison.Ordinal));
        all.ShouldContain("A {Kind} was revoked", customMessage: "it wrote what it could");
    }

    private static async Task ConnectAsync(Uri url, Action<ClientWebSocket> set)
    {
        using var socket = new ClientWebSocket();
        set(socket);
        try
        {
            await socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/v1/connect" }.Uri, TestContext.Current.CancellationToken);
            socket.Abort();
        }
        catch (WebSocketException)
        {
            // Refused: what it brought was read all the same.
        }
    }

    private static Uri OperatorUrl(NodeProcess node)
    {
        var banner = node.Output.First(line => line.Contains("\"OperatorUrl\"", StringComparison.Ordinal));
        return new Uri(JsonDocument.Parse(banner).RootElement.GetProperty("OperatorUrl").GetString()! + "/");
    }
}
