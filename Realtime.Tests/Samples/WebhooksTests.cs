using System.Diagnostics;
using System.Text.Json;
using Realtime.Client;
using Realtime.Tests.Application;
using Realtime.Tests.Architecture;
using Realtime.Tests.Support;
using Realtime.Tests.Webhooks;

namespace Realtime.Tests.Samples;

/// <summary>The application in plain Node, driven over a real node.</summary>
[Collection(ActorSystems.Name)]
public sealed class WebhooksTests
{
    private const string Secret = "a-secret-for-trying-things-only-32-characters";

    [Fact]
    public async Task The_chat_names_its_users_decides_what_they_do_and_learns_what_happens()
    {
        var port = FreePort.Take();
        using var sample = Process.Start(new ProcessStartInfo("node", Path.Combine(SourceTree.Root, "samples", "webhooks", "server.js"))
        {
            RedirectStandardOutput = true, Environment = { ["PORT"] = $"{port}", ["SECRETS"] = Secret },
        })!;
        try
        {
            (await sample.StandardOutput.ReadLineAsync().Within("the sample to listen")).ShouldBe($"listening on http://localhost:{port}/realtime");
            await using var node = await ApplicationNode.StartAsync(
                _ => { },
                with: options => options.Webhooks.Endpoints["app"] = new()
                {
                    Url = $"http://localhost:{port}/realtime",
                    Secrets = [Secret],
                    Hooks = ["connect", "subscribe", "publish", "call", "sessions", "occupancy", "members"],
                });
            var ann = await node.ConnectAsync(options => options with { HelloData = JsonElement.Parse("""{"name":"ann"}""") });
            ann.User.ShouldBe("ann");
            var room = ann.Subscribe("chat:room", new SubscribeOptions { Presence = JsonElement.Parse("{}") });
            await room.Ready;

            (await Should.ThrowAsync<RealtimeException>(ann.Subscribe("chat:closed").Ready)).Message.ShouldContain("this room is closed");
            (await Should.ThrowAsync<RealtimeException>(ann.PublishAsync("chat:room", new { text = " " }))).Code.ShouldBe("bad_request");
            await ann.PublishAsync("chat:room", new { text = "darn it" });
            (await TextAsync(room)).ShouldBe("""{"from":"ann","text":"**** it"}""");

            var told = new HashSet<string>();
            while (!told.IsSupersetOf(["channel_occupied chat:room", "member_joined chat:room ann"]))
            {
                told.Add((await sample.StandardOutput.ReadLineAsync().Within("an event"))!);
            }

            (await ann.CallAsync("who", new { channel = "chat:room" }))!.Value.GetRawText().ShouldBe("""["ann"]""");
            (await Should.ThrowAsync<RealtimeException>(ann.CallAsync("other", 0))).Code.ShouldBe("not_found");
        }
        finally
        {
            sample.Kill();
            await sample.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_is_not_signed_is_not_heard()
    {
        var port = FreePort.Take();
        using var sample = Process.Start(new ProcessStartInfo("node", Path.Combine(SourceTree.Root, "samples", "webhooks", "server.js"))
        {
            RedirectStandardOutput = true, Environment = { ["PORT"] = $"{port}" },
        })!;
        try
        {
            await sample.StandardOutput.ReadLineAsync().Within("the sample to listen");
            using var http = new HttpClient();
            using var content = new StringContent("""{"hook":"event","id":"1","event":"session_opened"}""");

            (await http.PostAsync(new Uri($"http://localhost:{port}/realtime"), content, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        }
        finally
        {
            sample.Kill();
            await sample.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> TextAsync(RealtimeSubscription room)
    {
        await foreach (var happened in room.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (happened is ChannelEvent.Message message)
            {
                return message.Data!.Value.GetRawText();
            }
        }

        throw new InvalidOperationException("The subscription has ended.");
    }
}
