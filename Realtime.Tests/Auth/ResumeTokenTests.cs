using System.Buffers.Text;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Tests.Auth;

public sealed class ResumeTokenTests
{
    private static readonly byte[] FirstKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] SecondKey = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];
    private static readonly SessionId Session = new(new UInt128(0x0123456789ABCDEF, 0xFEDCBA9876543210));

    private readonly ResumeTokens _tokens = new(new Dictionary<byte, byte[]> { [1] = FirstKey });

    [Fact]
    public void A_token_gives_back_the_session_it_was_issued_for()
    {
        var token = _tokens.Issue(Session);

        token.Length.ShouldBe(ResumeTokens.TextLength);
        _tokens.TryVerify(token, out var session).ShouldBeTrue();
        session.ShouldBe(Session);
    }

    [Fact]
    public void The_same_session_has_the_same_token_for_its_whole_life() => _tokens.Issue(Session).ShouldBe(_tokens.Issue(Session));

    /// <summary>Clients keep tokens for days: a change of the layout or of what is signed would lose all their sessions.</summary>
    [Fact]
    public void The_layout_is_frozen() => _tokens.Issue(Session).ShouldBe("AQEjRWeJq83v_ty6mHZUMhCOqgYlwdKjW4j-ZRvVA36G");

    [Fact]
    public void A_token_with_any_one_bit_changed_is_refused()
    {
        var bytes = Base64Url.DecodeFromChars(_tokens.Issue(Session));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var forged = (byte[])bytes.Clone();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            _tokens.TryVerify(Base64Url.EncodeToString(forged), out var session).ShouldBeFalse($"bit {bit}");
            session.IsNone.ShouldBeTrue();
        }
    }

    [Fact]
    public void A_token_cut_short_anywhere_or_lengthened_is_refused()
    {
        var token = _tokens.Issue(Session);
        for (var length = 0; length < token.Length; length++)
        {
            _tokens.TryVerify(token[..length], out _).ShouldBeFalse($"length {length}");
        }

        _tokens.TryVerify(token + "A", out _).ShouldBeFalse();
        _tokens.TryVerify(token + "====", out _).ShouldBeFalse();
        _tokens.TryVerify(null, out _).ShouldBeFalse();
        _tokens.TryVerify(new string('A', 100_000), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData('+')]
    [InlineData('/')]
    [InlineData('=')]
    [InlineData(' ')]
    [InlineData('\n')]
    [InlineData('\0')]
    [InlineData('é')]
    public void A_token_with_a_character_outside_the_alphabet_is_refused(char wrong)
    {
        var token = _tokens.Issue(Session);
        for (var i = 0; i < token.Length; i++)
        {
            _tokens.TryVerify(token[..i] + wrong + token[(i + 1)..], out _).ShouldBeFalse($"at {i}");
            _tokens.TryVerify((token[..i] + wrong + token[i..])[..ResumeTokens.TextLength], out _).ShouldBeFalse($"put in at {i}");
        }
    }

    [Fact]
    public void A_token_of_another_store_is_refused()
    {
        var other = new ResumeTokens(new Dictionary<byte, byte[]> { [1] = SecondKey });

        other.TryVerify(_tokens.Issue(Session), out _).ShouldBeFalse();
    }

    [Fact]
    public void The_highest_key_signs_and_older_ones_still_count()
    {
        var rotated = new ResumeTokens(new Dictionary<byte, byte[]> { [1] = FirstKey, [2] = SecondKey });
        var old = _tokens.Issue(Session);

        rotated.TryVerify(old, out var session).ShouldBeTrue();
        session.ShouldBe(Session);
        rotated.Issue(Session).ShouldNotBe(old);
        new ResumeTokens(new Dictionary<byte, byte[]> { [2] = SecondKey }).TryVerify(rotated.Issue(Session), out _).ShouldBeTrue();
    }

    [Fact]
    public void A_token_signed_with_a_key_that_was_taken_away_is_refused()
    {
        var later = new ResumeTokens(new Dictionary<byte, byte[]> { [2] = SecondKey });

        later.TryVerify(_tokens.Issue(Session), out _).ShouldBeFalse();
    }

    /// <summary>Two keys of one value: the id is under the MAC too, so a token cannot be moved to another key id.</summary>
    [Fact]
    public void A_token_cannot_be_moved_to_another_key_id()
    {
        var twice = new ResumeTokens(new Dictionary<byte, byte[]> { [1] = FirstKey, [2] = FirstKey });
        var bytes = Base64Url.DecodeFromChars(_tokens.Issue(Session));
        bytes[0] = 2;

        twice.TryVerify(Base64Url.EncodeToString(bytes), out _).ShouldBeFalse();
    }

    [Fact]
    public void Without_a_proper_key_there_are_no_tokens()
    {
        Should.Throw<ArgumentException>(() => new ResumeTokens(new Dictionary<byte, byte[]>()));
        Should.Throw<ArgumentException>(() => new ResumeTokens(new Dictionary<byte, byte[]> { [1] = new byte[16] }));
    }
}
