namespace Realtime.Tests.Pbm;

/// <summary>A word that is nearly right is named, and what people write anyhow is understood.</summary>
public sealed class SpellingTests
{
    [Theory]
    [InlineData("clutser show", "cluster")]
    [InlineData("cluster shwo", "show")]
    [InlineData("sesion list", "session")]
    [InlineData("channel publsh chat:lobby 1", "publish")]
    [InlineData("cluster show --tiemout 5s", "--timeout")]
    [InlineData("log tail --levle error", "--level")]
    [InlineData("cluster-shard list", "cluster-sharding")]
    public async Task A_wrong_word_that_is_near_a_right_one_gets_it_suggested(string line, string meant)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, line.Split(' '));

        run.Code.ShouldBe(2);
        run.Error.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain($"is {meant} meant? See: ");
        api.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cluster-sharding rebalance --yes", "'--yes' is no option here: this verb does not ask. See: pbm cluster-sharding rebalance --help")]
    [InlineData("node undrain node-2 -y", "'-y' is no option here: this verb does not ask. See: pbm node undrain --help")]
    [InlineData("node show --all", "'--all' is no option. See: pbm node show --help")]
    public async Task An_option_of_other_verbs_is_refused_without_a_wild_guess(string line, string words)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, line.Split(' '));

        run.Code.ShouldBe(2);
        run.Error.Trim().ShouldEndWith(words);
        api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_word_that_is_near_no_right_one_lists_what_there_is()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, "bogus");

        run.Code.ShouldBe(2);
        run.Error.ShouldContain("'bogus'");
        run.Error.ShouldContain("cluster, cluster-sharding, session, user, channel, webhook, schedule, node, log, config, audit, completion");
    }

    [Fact]
    public async Task A_channel_that_begins_with_an_at_sign_is_a_channel_and_no_response_file()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        await PbmRun.Of(api, "channel", "show", "@alice");

        api.Requests.ShouldContain(request => request.Target == "GET channels/%40alice");
    }

    [Theory]
    [InlineData("trace", "trace")]
    [InlineData("verbose", "trace")]
    [InlineData("dbug", "debug")]
    [InlineData("info", "information")]
    [InlineData("warn", "warning")]
    [InlineData("Warning", "warning")]
    [InlineData("WARN", "warning")]
    [InlineData("err", "error")]
    [InlineData("fail", "error")]
    [InlineData("crit", "critical")]
    [InlineData("fatal", "critical")]
    public async Task A_level_may_be_written_as_other_programs_do(string written, string meant)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        (await PbmRun.Of(api, "log", "tail", "node-1", "--level", written, "--lines", "1")).Code.ShouldBe(0);
        (await PbmRun.Of(api, "log", "level", written, "--node", "node-1")).Code.ShouldBe(0);

        api.Requests.ShouldContain(request => request.Query.Contains($"level={meant}", StringComparison.Ordinal));
        api.Requests.ShouldContain(request => request.Body.Contains($"\"level\":\"{meant}\"", StringComparison.Ordinal));
    }
}
