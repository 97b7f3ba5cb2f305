using Realtime.Pbm;

namespace Realtime.Tests.Pbm;

/// <summary>What cannot be taken back is asked for first.</summary>
public sealed class ConfirmationTests
{
    public static TheoryData<string> Destructive => ["cluster leave node-2", "cluster down node-2", $"session kick {PlayedCluster.SessionId}", "cluster-sharding move 17,18 --kind session --to node-1"];

    [Theory]
    [MemberData(nameof(Destructive))]
    public async Task Without_a_terminal_and_without_yes_it_is_refused(string verb)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, verb.Split(' '));

        run.Code.ShouldBe(2);
        run.Error.ShouldContain("--yes");
        api.Requests.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Destructive))]
    public async Task At_a_terminal_it_is_asked_and_only_yes_is_yes(string verb)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        foreach (var answer in (string[])["n", "", "yess"])
        {
            var no = await PbmRun.Of(api, around => At(around, answer), verb.Split(' '));
            no.Code.ShouldBe(2);
            no.Error.ShouldContain("[y/N]");
            no.Error.ShouldContain("nothing was done");
        }

        api.Requests.ShouldBeEmpty();
        (await PbmRun.Of(api, around => At(around, "Y"), verb.Split(' '))).Code.ShouldBe(0);
        api.Requests.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_end_of_the_input_is_no()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        (await PbmRun.Of(api, static around => around with { InputIsTerminal = true }, "cluster", "leave", "node-2")).Code.ShouldBe(2);
        api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_shard_and_a_drain_can_be_taken_back_and_are_not_asked_for()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        (await PbmRun.Of(api, "cluster-sharding", "move", "17", "--kind", "session", "--to", "node-1")).Code.ShouldBe(0);
        (await PbmRun.Of(api, "node", "drain", "node-2")).Code.ShouldBe(0);
    }

    private static Surroundings At(Surroundings around, string answer) => around with { InputIsTerminal = true, Input = new StringReader(answer + "\n") };
}
