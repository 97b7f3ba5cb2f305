using System.Text;
using Realtime.Node.Webhooks;
using Receiver = Realtime.Client.WebhookSignature;

namespace Realtime.Tests.Webhooks;

/// <summary>What the node signs and an application accepts.</summary>
public sealed class SignatureTests
{
    private const string Old = "the old key, of at least thirty-two characters";
    private const string New = "the new key, of at least thirty-two characters";
    private const long At = 1_800_000_000;
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"hook":"publish","data":"é"}""");

    [Fact]
    public void The_signature_is_the_one_that_others_compute() =>
        WebhookSignature.Of(["key-of-the-example-in-the-documentation"], 1_700_000_000, Encoding.UTF8.GetBytes("{}"))
            .ShouldBe("t=1700000000,v1=" + Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(
                Encoding.UTF8.GetBytes("key-of-the-example-in-the-documentation"), Encoding.UTF8.GetBytes("1700000000.{}"))));

    [Theory]
    [InlineData(new[] { Old }, new[] { Old }, true)]
    [InlineData(new[] { Old, New }, new[] { Old }, true)]
    [InlineData(new[] { Old, New }, new[] { New }, true)]
    [InlineData(new[] { Old }, new[] { New, Old }, true)]
    [InlineData(new[] { New }, new[] { Old }, false)]
    [InlineData(new[] { Old }, new string[0], false)]
    public void One_key_that_both_sides_know_is_enough(string[] signs, string[] knows, bool isRight) =>
        Receiver.Verify(WebhookSignature.Of(signs, At, Body), Body, knows, Time(At)).ShouldBe(isRight);

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void A_request_counts_for_five_minutes_and_not_from_the_future(int secondsLater, bool isRight) =>
        Receiver.Verify(WebhookSignature.Of([Old], At, Body), Body, [Old], Time(At + secondsLater)).ShouldBe(isRight);

    [Fact]
    public void Any_other_body_is_refused()
    {
        var header = WebhookSignature.Of([Old], At, Body);
        for (var i = 0; i < Body.Length; i++)
        {
            var changed = (byte[])Body.Clone();
            changed[i] ^= 1;
            Receiver.Verify(header, changed, [Old], Time(At)).ShouldBeFalse();
        }

        Receiver.Verify(header, [.. Body, (byte)'\n'], [Old], Time(At)).ShouldBeFalse();
        Receiver.Verify(header, Body.AsSpan(0, Body.Length - 1), [Old], Time(At)).ShouldBeFalse();
    }

    [Fact]
    public void Any_other_signature_is_refused()
    {
        var header = WebhookSignature.Of([Old], At, Body);
        for (var i = "t=1800000000,v1=".Length; i < header.Length; i++)
        {
            var changed = header.ToCharArray();
            changed[i] = changed[i] == '0' ? '1' : '0';
            Receiver.Verify(new string(changed), Body, [Old], Time(At)).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("t=1800000000")]
    [InlineData("t=1800000000,v1=")]
    [InlineData("t=1800000000,v1=zz")]
    [InlineData("v1=SIGNATURE")]
    [InlineData("t=,v1=SIGNATURE")]
    [InlineData("t=-1800000000,v1=SIGNATURE")]
    [InlineData("t=1800000000.0,v1=SIGNATURE")]
    [InlineData("t= 1800000000,v1=SIGNATURE")]
    [InlineData("t=99999999999999999999,v1=SIGNATURE")]
    [InlineData("t=9223372036854775807,v1=SIGNATURE")]
    [InlineData("t=1800000001,v1=SIGNATURE")]
    [InlineData("t=1800000000,t=1800000000,v1=SIGNATURE")]
    [InlineData("t=1800000000,v0=SIGNATURE")]
    [InlineData("t=1800000000,V1=SIGNATURE")]
    [InlineData("t=1800000000;v1=SIGNATURE")]
    [InlineData("t=1800000000,v1=SIGNATURE0")]
    [InlineData("SIGNATURE")]
    public void What_is_no_signature_is_refused(string? header) => Receiver.Verify(With(header), Body, [Old], Time(At)).ShouldBeFalse();

    [Theory]
    [InlineData("t=1800000000,v1=SIGNATURE")]
    [InlineData("v1=SIGNATURE,t=1800000000")]
    [InlineData("t=1800000000,v1=0000000000000000000000000000000000000000000000000000000000000000,v1=SIGNATURE")]
    [InlineData("t=1800000000,v1=rubbish,v1=SIGNATURE")]
    [InlineData("t=1800000000,v0=rubbish,v1=SIGNATURE,v2=rubbish")]
    public void What_is_one_is_accepted_among_others(string header) => Receiver.Verify(With(header), Body, [Old], Time(At)).ShouldBeTrue();

    [Fact]
    public void A_header_of_very_many_parts_costs_nothing() =>
        Receiver.Verify("t=1800000000" + string.Concat(Enumerable.Repeat(",v1=" + new string('0', 64), 100_000)), Body, [Old], Time(At)).ShouldBeFalse();

    private static string? With(string? header) => header?.Replace("SIGNATURE", WebhookSignature.Of([Old], At, Body)["t=1800000000,v1=".Length..], StringComparison.Ordinal);

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
}
