using System.Net;
using System.Net.Http.Headers;
using Realtime.Messages.Operators;
using Realtime.Node.Hosting.Configuration;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>Who may do what, and who did it, where one member lets another answer.</summary>
[Collection(ActorSystems.Name)]
public sealed class RightAfarTests
{
    private const string Key = "sixteen-bytes-of-key";
    private const string ViewKey = "sixteen-more-to-look";

    [Fact]
    public async Task What_a_caller_may_and_who_it_is_travel_with_what_is_asked()
    {
        var server = await PostgresServer.SharedAsync();
        (string, string)[] options = [("Store", $"postgres:{server.ConnectionString(await server.CreateDatabaseAsync())}"), ("Operator:Key", Key), ("Operator:ViewKey", ViewKey)];
        await using var node = await OperatedApp.StartAsync("a", options);
        await using var lighthouse = await OperatedApp.StartAsync("l", ProgramRole.Lighthouse, options);
        await OperatedApp.UntilAsync("the lighthouse to hear the node", async () => (await lighthouse.SendAsync(HttpMethod.Get, "nodes/a/log", key: ViewKey)).Status == HttpStatusCode.OK);

        (await lighthouse.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Put, "nodes/a/log/level", """{"level":"debug"}""", ViewKey)).Message.ShouldContain("look");
        var (status, answer) = await lighthouse.SendAsync(HttpMethod.Put, "nodes/a/log/level", request =>
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            request.Headers.Add("X-Operator", "ann");
            request.Content = new StringContent("""{"level":"debug","seconds":60}""", System.Text.Encoding.UTF8, "application/json");
        });
        status.ShouldBe(HttpStatusCode.OK, answer);

        var (_, body) = await node.SendAsync(HttpMethod.Get, "audit", key: ViewKey);
        var entries = System.Text.Json.JsonSerializer.Deserialize(body, OperatorJson.Default.AuditPage)!.Entries.Where(entry => entry.Action == "log.level").ToList();
        entries.Where(entry => entry.Outcome == 200).Select(entry => (entry.Node, entry.Who)).ShouldBe([("a", "key (ann)"), ("l", "key (ann)")], ignoreOrder: true);
        entries.Where(entry => entry.Outcome == 403).Select(entry => entry.Node).ShouldBe(["l"], "it was refused at the door, and the node was not asked");
    }
}
