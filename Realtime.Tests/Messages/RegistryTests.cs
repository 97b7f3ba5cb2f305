using System.Text.RegularExpressions;
using Realtime.Messages.Errors;

namespace Realtime.Tests.Messages;

public sealed partial class RegistryTests
{
    [Fact]
    public void Every_error_code_has_one_entry_in_order() =>
        ErrorRegistry.All.Select(entry => entry.Code).ShouldBe(Enum.GetValues<ErrorCode>());

    [Fact]
    public void Every_close_code_has_one_entry() =>
        CloseRegistry.All.Select(entry => entry.Code).ShouldBe(Enum.GetValues<CloseCode>(), ignoreOrder: true);

    [Fact]
    public void Names_are_unique_and_snake_case()
    {
        var errors = ErrorRegistry.All.Select(entry => entry.Name).ToList();
        var closes = CloseRegistry.All.Select(entry => entry.Name).ToList();

        errors.ShouldBeUnique();
        closes.ShouldBeUnique();
        errors.Concat(closes).ShouldAllBe(name => SnakeCase().IsMatch(name));
    }

    [Fact]
    public void Names_are_those_of_the_members()
    {
        ErrorRegistry.All.ShouldAllBe(entry => entry.Name == Snake(entry.Code.ToString()));
        CloseRegistry.All.ShouldAllBe(entry => entry.Name == Snake(entry.Code.ToString()));
        ErrorRegistry.All.ShouldAllBe(entry => ErrorRegistry.NameOf(entry.Code) == entry.Name && ErrorRegistry.Of(entry.Code) == entry);
        CloseRegistry.All.ShouldAllBe(entry => CloseRegistry.Of(entry.Code) == entry);
    }

    [Fact]
    public void A_close_reason_fits_into_a_close_frame() =>
        CloseRegistry.All.ShouldAllBe(entry => entry.Name.Length <= 123);

    [Fact]
    public void The_number_of_a_close_alone_says_what_to_do()
    {
        foreach (var entry in CloseRegistry.All)
        {
            CloseAction? byNumber = (int)entry.Code switch
            {
                >= 4000 and < 4100 => CloseAction.Reconnect,
                >= 4100 and < 4200 => CloseAction.Resume,
                >= 4200 and < 4300 => CloseAction.Final,
                >= 1000 and < 1016 => entry.Action,
                _ => null,
            };
            entry.Action.ShouldBe(byNumber.ShouldNotBeNull(entry.Name), entry.Name);
        }
    }

    [Fact]
    public void Only_what_may_pass_by_itself_or_was_forgotten_leaves_an_outcome_unknown() =>
        ErrorRegistry.All.Where(entry => entry is { MayBeUnknown: true, Temporary: false }).Select(entry => entry.Code).ShouldBe([ErrorCode.SeqExpired]);

    [Fact]
    public void Every_meaning_is_a_sentence_that_fits_into_a_table()
    {
        var meanings = ErrorRegistry.All.Select(entry => entry.Meaning).Concat(CloseRegistry.All.Select(entry => entry.Meaning));
        meanings.ShouldAllBe(meaning => meaning.EndsWith('.') && !meaning.Contains('|') && !meaning.Contains('\n'));
    }

    private static string Snake(string member) => Capital().Replace(member, match => (match.Index == 0 ? "" : "_") + match.Value.ToLowerInvariant());

    [GeneratedRegex("^[a-z]+(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
