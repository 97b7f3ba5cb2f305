using System.Buffers.Binary;
using System.Security.Cryptography;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>
/// Hello, challenge, proof, welcome: after it both sides know who is at the other end. The dialler proves itself first, so that a listener
/// gives nothing away that was made with the secret before it knows whom it talks to.
/// </summary>
internal sealed class LinkHandshake(LinkOptions options, NodeId name)
{
    public const int MostBytes = 4 * 1024;
    private const byte Challenge = 1;
    private const byte Welcome = 2;
    private const byte Refused = 3;
    private const int ChallengeBytes = 4 + LinkHello.NonceBytes;

    /// <exception cref="LinkRefusedException">By either side.</exception>
    public async Task DialAsync(LinkStream stream, Incarnation self, Incarnation peer, CancellationToken cancellation)
    {
        var hello = new LinkHello(
            options.ProtocolMin, options.ProtocolMax, options.ClusterId, self, name, peer, RandomNumberGenerator.GetBytes(LinkHello.NonceBytes)).ToBytes();
        await stream.SayAsync(hello, cancellation).ConfigureAwait(false);

        var challenge = Answer(await HearAsync(stream, cancellation).ConfigureAwait(false), Challenge, ChallengeBytes);
        var protocol = BinaryPrimitives.ReadInt32LittleEndian(challenge);
        if (protocol < options.ProtocolMin || protocol > options.ProtocolMax)
        {
            throw new LinkRefusedException(LinkRefusal.Protocol);
        }

        await stream.SayAsync(LinkProof.Make(options.Secret.Span, LinkProof.OfDialler, hello, challenge), cancellation).ConfigureAwait(false);

        var proof = Answer(await HearAsync(stream, cancellation).ConfigureAwait(false), Welcome, LinkProof.Bytes);
        if (!LinkProof.Check(proof, options.Secret.Span, LinkProof.OfListener, hello, challenge))
        {
            throw new LinkRefusedException(LinkRefusal.Secret);
        }
    }

    /// <param name="admit">Asked once the dialler has proved that it belongs to the cluster; null lets it in.</param>
    /// <exception cref="LinkRefusedException">After the dialler was told.</exception>
    public async Task<LinkHello> AnswerAsync(LinkStream stream, Func<LinkHello, LinkRefusal?> admit, CancellationToken cancellation)
    {
        try
        {
            return await HearHelloAsync(stream, admit, cancellation).ConfigureAwait(false);
        }
        catch (LinkRefusedException refused)
        {
            await stream.SayAsync(new[] { Refused, (byte)refused.Cause }, cancellation).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<LinkHello> HearHelloAsync(LinkStream stream, Func<LinkHello, LinkRefusal?> admit, CancellationToken cancellation)
    {
        var bytes = await HearAsync(stream, cancellation).ConfigureAwait(false);
        var hello = LinkHello.Of(bytes);
        var protocol = Math.Min(options.ProtocolMax, hello.ProtocolMax);
        if (protocol < options.ProtocolMin || protocol < hello.ProtocolMin)
        {
            throw new LinkRefusedException(LinkRefusal.Protocol, hello);
        }

        if (hello.ClusterId != options.ClusterId)
        {
            throw new LinkRefusedException(LinkRefusal.Cluster, hello);
        }

        var challenge = new byte[ChallengeBytes];
        BinaryPrimitives.WriteInt32LittleEndian(challenge, protocol);
        RandomNumberGenerator.Fill(challenge.AsSpan(4));
        await stream.SayAsync((byte[])[Challenge, .. challenge], cancellation).ConfigureAwait(false);

        var proof = await HearAsync(stream, cancellation).ConfigureAwait(false);
        if (!LinkProof.Check(proof, options.Secret.Span, LinkProof.OfDialler, bytes, challenge))
        {
            throw new LinkRefusedException(LinkRefusal.Secret, hello);
        }

        if (admit(hello) is { } cause)
        {
            throw new LinkRefusedException(cause, hello);
        }

        byte[] welcome = [Welcome, .. LinkProof.Make(options.Secret.Span, LinkProof.OfListener, bytes, challenge)];
        await stream.SayAsync(welcome, cancellation).ConfigureAwait(false);
        return hello;
    }

    private static async Task<byte[]> HearAsync(LinkStream stream, CancellationToken cancellation)
    {
        try
        {
            return await stream.HearAsync(MostBytes, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            throw new LinkRefusedException(LinkRefusal.Malformed);
        }
    }

    private static byte[] Answer(byte[] bytes, byte kind, int length) => bytes switch
    {
        [Refused, var cause] when Enum.IsDefined((LinkRefusal)cause) => throw new LinkRefusedException((LinkRefusal)cause),
        [var first, .. var rest] when first == kind && rest.Length == length => rest,
        _ => throw new LinkRefusedException(LinkRefusal.Malformed),
    };
}
