using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Messages;

/// <summary>Ids and positions: what is written is read back, and what is read is written the same way.</summary>
public sealed class IdTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true);

    private static Gen<ulong> Word => Gen.Choose(0, 65_535).Four().Select(
        w => ((ulong)w.Item1 << 48) | ((ulong)w.Item2 << 32) | ((ulong)w.Item3 << 16) | (uint)w.Item4);

    /// <summary>Words of every size, not only the largest.</summary>
    private static Gen<ulong> AnyWord => Word.SelectMany(word => Gen.Choose(0, 63).Select(shift => word >> shift));

    private static Gen<Epoch> Epochs => AnyWord.Where(word => word != 0).Select(word => new Epoch(word));

    [Fact]
    public void An_epoch_is_read_back_as_it_was_written() => Check(Epochs, epoch =>
    {
        var text = epoch.ToString();
        text.Length.ShouldBeLessThanOrEqualTo(Epoch.MaxLength);
        Epoch.TryParse(text, out var read).ShouldBeTrue();
        read.ShouldBe(epoch);
    });

    [Fact]
    public void Two_epochs_are_never_written_alike() => Check(Epochs.Two(), pair =>
        (pair.Item1.ToString() == pair.Item2.ToString()).ShouldBe(pair.Item1 == pair.Item2));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0000000000000")]
    [InlineData("K3F9")]
    [InlineData("k3f9 ")]
    [InlineData("k3-9")]
    [InlineData("é")]
    [InlineData("3w5e11264sgsg")]
    [InlineData("zzzzzzzzzzzzz")]
    [InlineData("00000000000001")]
    public void What_is_no_epoch_is_refused(string text) => Epoch.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void The_largest_epoch_is_one_below_what_is_refused()
    {
        new Epoch(ulong.MaxValue).ToString().ShouldBe("3w5e11264sgsf");
        Epoch.TryParse("3w5e11264sgsf", out var epoch).ShouldBeTrue();
        epoch.Value.ShouldBe(ulong.MaxValue);
    }

    [Fact]
    public void A_position_is_read_back_as_it_was_written() =>
        Check(Epochs.Zip(AnyWord.Select(word => (long)(word >> 1))), pair =>
        {
            var position = new StreamPosition(pair.Item1, pair.Item2);
            StreamPosition.TryParse(position.ToString(), out var read).ShouldBeTrue();
            read.ShouldBe(position);
        });

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("k3f9")]
    [InlineData("k3f9:")]
    [InlineData(":1")]
    [InlineData("k3f9:-1")]
    [InlineData("k3f9:+1")]
    [InlineData("k3f9: 1")]
    [InlineData("k3f9:1:1")]
    [InlineData("k3f9:1.0")]
    [InlineData("k3f9:1,000")]
    [InlineData("k3f9:0x1")]
    [InlineData("0:1")]
    [InlineData("k3f9:9223372036854775808")]
    [InlineData("k3f9:\u0661")]
    public void What_is_no_position_is_refused(string text) => StreamPosition.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_session_id_is_read_back_as_it_was_written() => Check(Word.Two(), pair =>
    {
        var id = new SessionId(new UInt128(pair.Item1, pair.Item2 | 1));
        var bytes = new byte[SessionId.Bytes];
        id.Write(bytes);
        id.ToString().Length.ShouldBe(SessionId.TextLength);
        SessionId.TryParse(id.ToString(), out var read).ShouldBeTrue();
        read.ShouldBe(id);
        SessionId.Read(bytes).ShouldBe(id);
    });

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAECAwQFBgcICQoLDA0OD")]
    [InlineData("AAECAwQFBgcICQoLDA0ODw=")]
    [InlineData("AAECAwQFBgcICQoLDA0ODw==")]
    [InlineData("AAECAwQFBgcICQoLDA0OD+")]
    [InlineData("AAECAwQFBgcICQoLDA0O w")]
    public void What_is_no_session_id_is_refused(string text) => SessionId.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_session_id_has_one_spelling()
    {
        SessionId.TryParse("AAECAwQFBgcICQoLDA0ODw", out var id).ShouldBeTrue();
        foreach (var last in "xyz0123456789-_")
        {
            var spelled = "AAECAwQFBgcICQoLDA0OD" + last;
            (!SessionId.TryParse(spelled, out var other) || (other != id && other.ToString() == spelled)).ShouldBeTrue(spelled);
        }
    }

    [Fact]
    public void A_channel_name_is_taken_exactly_when_the_rules_say_so() =>
        Check(Gen.Elements("a", "é", "漢", "\U0001F600", ":", "@", "$", "~", " ", "\t", "\0", "\u007f", "\u0085", "\u00a0", "\u0301", "\u212b", "\ud800", "\udc00", new string('x', 66)).ListOf(), pieces =>
        {
            var text = string.Concat(pieces);
            var wellFormed = new UTF8Encoding(false, true);
            var accepted = ChannelName.TryParse(text, out var name, out var fault);
            accepted.ShouldBe(
                text.Length > 0 && IsUnicode(text) && wellFormed.GetByteCount(text) <= 200 && text.Trim() == text && !text.Any(char.IsControl)
                && NormalFormC.IsNormalized(text) && text is not ("@" or "$"),
                text);
            (fault is null).ShouldBe(accepted);
            if (accepted)
            {
                name.Value.ShouldBe(text);
                ChannelName.Parse(name.ToString()).ShouldBe(name);
                name.Namespace.ShouldNotBeNull();
            }

            static bool IsUnicode(string text) => !text.EnumerateRunes().Contains(Rune.ReplacementChar);
        });

    [Theory]
    [InlineData("lobby", "default")]
    [InlineData("chat:lobby", "chat")]
    [InlineData("chat:a:b", "chat")]
    [InlineData("$chat:vip", "chat")]
    [InlineData("$vip", "default")]
    [InlineData("@alice", "@")]
    [InlineData("@alice:x", "@")]
    [InlineData("~node", "~node")]
    [InlineData("~calls:p-1:x", "~calls")]
    public void The_namespace_is_what_stands_before_the_first_colon(string name, string expected) =>
        ChannelName.Parse(name).Namespace.ShouldBe(expected);

    [Fact]
    public void The_personal_channel_belongs_to_its_user_alone()
    {
        var channel = ChannelName.Personal(new UserId("alice"));

        channel.ShouldBe(ChannelName.Parse("@alice"));
        channel.IsPersonalOf(new UserId("alice")).ShouldBeTrue();
        channel.IsPersonalOf(new UserId("alic")).ShouldBeFalse();
        channel.IsPersonalOf(null).ShouldBeFalse();
        ChannelName.Parse("alice").IsPersonalOf(new UserId("alice")).ShouldBeFalse();
    }

    private static void Check<T>(Gen<T> values, Action<T> property) => Prop.ForAll(values.ToArbitrary(), property).Check(Runs);
}
