using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Tests.Support;

namespace Realtime.Tests.Pbm;

/// <summary>What goes wrong is one line on standard error and a number that means something.</summary>
public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("")]
    [InlineData("cluster")]
    [InlineData("bogus")]
    [InlineData("cluster bogus")]
    [InlineData("session show")]
    [InlineData("session show a b")]
    [InlineData("session list --state asleep")]
    [InlineData("session list --limit 0")]
    [InlineData("session list --limit many")]
    [InlineData("node drain")]
    [InlineData("node show ..")]
    [InlineData("log level loud --all")]
    [InlineData("log level debug")]
    [InlineData("log level debug --all --node node-1")]
    [InlineData("log tail --last 5000")]
    [InlineData("cluster tail --lines 0")]
    [InlineData("cluster tail --for ever")]
    [InlineData("cluster show --timeout soon")]
    [InlineData("cluster-sharding move 17")]
    [InlineData("cluster-sharding move x --to node-1")]
    [InlineData("cluster-sharding move 20-10 --to node-1 --yes")]
    [InlineData("cluster-sharding pause --for 2d")]
    [InlineData("cluster-sharding locate")]
    [InlineData("cluster-sharding locate --session a --channel b")]
    [InlineData("channel publish chat:lobby {broken")]
    [InlineData("completion tcsh")]
    [InlineData("cluster show --key-file /nowhere/at/all")]
    public async Task Wrong_arguments_are_2_and_nothing_is_done(string line)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var text = await PbmRun.Of(api, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var json = await PbmRun.Of(api, [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--json"]);

        text.Code.ShouldBe(2);
        text.Error.Trim().Split('\n').ShouldHaveSingleItem().ShouldStartWith("pbm: ");
        text.Output.ShouldBeEmpty();
        json.Code.ShouldBe(2);
        JsonSerializer.Deserialize(json.Error, OperatorJson.Default.OperatorError)!.Error.ShouldBe("bad_request");
        api.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ftp://localhost")]
    [InlineData("http://")]
    [InlineData(",")]
    [InlineData("http://ada:secret@localhost:1")]
    public async Task An_address_that_is_none_is_2(string url)
    {
        var run = await PbmRun.At(url, static around => around, "cluster", "show");

        run.Code.ShouldBe(2);
        run.Error.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Nobody_listening_is_3()
    {
        var run = await PbmRun.At(Nobody(), static around => around, "cluster", "show");
        var tail = await PbmRun.At(Nobody(), static around => around, "cluster", "tail");
        var json = await PbmRun.At(Nobody(), static around => around, "cluster", "top", "--json");

        (run.Code, tail.Code, json.Code).ShouldBe((3, 3, 3));
        run.Error.ShouldContain("connection refused");
        JsonSerializer.Deserialize(json.Error, OperatorJson.Default.OperatorError)!.Error.ShouldBe("nobody_answers");
    }

    [Fact]
    public async Task Somebody_else_listening_is_3()
    {
        await using var api = await PlayedApi.StartAsync();
        api.Answer("GET cluster", static _ => (404, "<html>no such page</html>"));
        api.Answer("GET audit", static _ => (200, "hello"));

        var missing = await PbmRun.Of(api, "cluster", "show");
        var other = await PbmRun.Of(api, "audit");

        (missing.Code, other.Code).ShouldBe((3, 3));
        missing.Error.ShouldContain("port for clients");
    }

    [Theory]
    [InlineData(400, "bad_request", 2)]
    [InlineData(401, "unauthorized", 4)]
    [InlineData(403, "forbidden", 4)]
    [InlineData(404, "not_found", 5)]
    [InlineData(409, "conflict", 6)]
    [InlineData(503, "unavailable", 7)]
    [InlineData(504, "timeout", 7)]
    [InlineData(500, "internal", 1)]
    public async Task What_the_api_refuses_is_told_in_its_words(int status, string error, int code)
    {
        await using var api = await PlayedApi.StartAsync();
        api.Refuse("GET nodes/node-9", status, error, "It is <not> so.");
        api.Refuse("POST nodes/node-9/drain", status, error, "It is <not> so.");

        var text = await PbmRun.Of(api, "node", "show", "node-9");
        var action = await PbmRun.Of(api, "node", "drain", "node-9");
        var json = await PbmRun.Of(api, "node", "show", "node-9", "--json");

        (text.Code, action.Code, json.Code).ShouldBe((code, code, code));
        text.Error.Trim().ShouldBe("pbm: It is <not> so.");
        text.Output.ShouldBeEmpty();
        JsonSerializer.Deserialize(json.Error, OperatorJson.Default.OperatorError).ShouldBe(new OperatorError(error, "It is <not> so.", null));
    }

    [Fact]
    public async Task An_error_without_words_is_told_by_its_status()
    {
        await using var api = await PlayedApi.StartAsync();
        api.Answer("GET cluster", static _ => (503, "no backend"));

        var run = await PbmRun.Of(api, "cluster", "show");

        run.Code.ShouldBe(7);
        run.Error.ShouldContain("503");
    }

    [Fact]
    public async Task An_answer_of_another_shape_is_1()
    {
        await using var api = await PlayedApi.StartAsync();
        api.Answer("GET cluster", static _ => (200, """{"node":null}"""));

        (await PbmRun.Of(api, "cluster", "show")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task No_answer_in_time_is_7()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var url = $"http://{silent.LocalEndpoint}";

        var look = await PbmRun.At(url, static around => around, "cluster", "show", "--timeout", "200ms");
        var action = await PbmRun.At(url, static around => around, "node", "undrain", "node-1", "--timeout", "200ms");

        (look.Code, action.Code).ShouldBe((7, 7));
        action.Error.ShouldContain("may have been done");
    }

    [Fact]
    public async Task The_first_address_that_answers_is_asked()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var look = await PbmRun.At($"{Nobody()},{api.Url}", static around => around, "node", "show");
        var action = await PbmRun.At($"{Nobody()}, {api.Url}/", static around => around, "node", "undrain", "node-1");

        (look.Code, action.Code).ShouldBe((0, 0));
        api.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_action_that_may_have_been_done_is_not_sent_to_the_next_address()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var api = await PlayedApi.StartWholeAsync();

        var action = await PbmRun.At($"http://{silent.LocalEndpoint},{api.Url}", static around => around, "node", "undrain", "node-1", "--timeout", "200ms");
        var look = await PbmRun.At($"http://{silent.LocalEndpoint},{api.Url}", static around => around, "cluster", "show", "--timeout", "1s");

        action.Code.ShouldBe(7);
        look.Code.ShouldBe(0);
        api.Requests.ShouldAllBe(request => request.Target == "GET cluster");
    }

    [Fact]
    public async Task The_key_comes_from_the_line_a_file_or_the_environment_and_is_never_shown()
    {
        await using var api = await PlayedApi.StartWholeAsync();
        api.Key = "sixteen-bytes-of-key";
        using var folder = new Hosting.TemporaryDirectory();
        var file = Path.Combine(folder.Path, "key");
        await File.WriteAllTextAsync(file, api.Key + "\n");

        var none = await PbmRun.Of(api, "cluster", "show");
        var wrong = await PbmRun.Of(api, "cluster", "show", "--key", "another-key-altogether");
        var line = await PbmRun.Of(api, "cluster", "show", "--key", api.Key);
        var fromFile = await PbmRun.Of(api, "cluster", "show", "--key-file", file);
        var variable = await PbmRun.Of(api, around => around with { Variable = name => name == "PBM_KEY" ? api.Key : null }, "cluster", "show");
        var fileVariable = await PbmRun.Of(api, around => around with { Variable = name => name == "PBM_KEY_FILE" ? file : null }, "cluster", "show");
        var broken = await PbmRun.Of(api, "cluster", "show", "--key", "a key\nX-Evil: 1");

        (none.Code, wrong.Code, line.Code, fromFile.Code, variable.Code, fileVariable.Code, broken.Code).ShouldBe((4, 4, 0, 0, 0, 0, 2));
        foreach (var run in (PbmRun[])[wrong, line, fromFile, variable, fileVariable, broken])
        {
            (run.Output + run.Error).ShouldNotContain("-key-altogether");
            (run.Output + run.Error).ShouldNotContain(api.Key);
            (run.Output + run.Error).ShouldNotContain("X-Evil");
        }
    }

    [Fact]
    public async Task The_address_comes_from_the_environment_too()
    {
        await using var api = await PlayedApi.StartWholeAsync();
        using var output = new StringWriter();
        using var error = new StringWriter();

        var code = await Realtime.Pbm.PbmCommandLine.RunAsync(
            ["audit"], PbmRun.Around(output, error) with { Variable = name => name == "PBM_URL" ? api.Url["http://".Length..] : null }, TestContext.Current.CancellationToken);

        code.ShouldBe(0, error.ToString());
    }

    /// <summary>An address that was somebody's a moment ago and is nobody's now.</summary>
    private static string Nobody() => $"http://127.0.0.1:{FreePort.Take()}";
}
