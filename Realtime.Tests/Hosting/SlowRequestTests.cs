using System.Net;
using System.Net.Sockets;
using System.Text;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Operations;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>Requests that never end, or are larger than any of ours, hold a connection for seconds and nobody up.</summary>
[Collection(ActorSystems.Name)]
public sealed class SlowRequestTests
{
    private const int Crowd = 200;

    [Fact]
    public async Task Headers_that_come_drop_by_drop_end_their_connection_and_others_are_answered_meanwhile()
    {
        await using var app = await OperatedApp.StartAsync("slow");
        using var probe = new HttpClient { BaseAddress = app.Clients };
        var slow = new List<TcpClient>();
        for (var i = 0; i < Crowd; i++)
        {
            var client = new TcpClient();
            slow.Add(client);
            await client.ConnectAsync(app.Clients.Host, app.Clients.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8.ToArray(), TestContext.Current.CancellationToken);
        }

        var ends = Task.WhenAll(slow.Select(DripAsync)).Within("the end of all slow requests");
        var answered = 0;
        while (!ends.IsCompleted)
        {
            (await probe.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
            answered++;
        }

        answered.ShouldBeGreaterThan(10);
        (await ends).ShouldAllBe(answer => answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
        slow.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("line", "HTTP/1.1 414")]
    [InlineData("count", "HTTP/1.1 431")]
    [InlineData("size", "HTTP/1.1 431")]
    public async Task A_head_that_is_larger_than_any_of_ours_is_refused(string what, string status)
    {
        await using var app = await OperatedApp.StartAsync("large");
        var request = what switch
        {
            "line" => $"GET /{new string('x', 5_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "count" => $"GET / HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 50).Select(i => $"X-{i}: 1\r\n"))}\r\n",
            _ => $"GET / HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 5).Select(i => $"X-{i}: {new string('x', 4_000)}\r\n"))}\r\n",
        };
        using var client = new TcpClient();
        await client.ConnectAsync(app.Clients.Host, app.Clients.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);

        (await ReadAsync(client).Within("the refusal")).ShouldStartWith(status);
    }

    /// <summary>A byte now and then, until the node has had enough.</summary>
    private static async Task<string> DripAsync(TcpClient client)
    {
        var reading = ReadAsync(client);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (!reading.IsCompleted)
        {
            try
            {
                await client.GetStream().WriteAsync("x"u8.ToArray());
            }
            catch (Exception gone) when (gone is IOException or SocketException)
            {
                break;
            }

            await tick.WaitForNextTickAsync();
        }

        return await reading.Within("the end of a slow request");
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        var buffer = new byte[1024];
        var text = "";
        try
        {
            while (await client.GetStream().ReadAsync(buffer) is var count and > 0)
            {
                text += Encoding.ASCII.GetString(buffer, 0, count);
            }
        }
        catch (IOException)
        {
            // Reset: what was not read of the request is thrown away with it.
        }

        return text;
    }
}
