// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsSRTPUtils;

/** Answers Bouncy Castle's questions when we are the DTLS server. Thread: the endpoint's. */
final class DtlsServerPeer extends DefaultTlsServer {
    private final DtlsCertificate certificate;
    private final DtlsNegotiation negotiation;

    DtlsServerPeer(DtlsCertificate certificate, DtlsNegotiation negotiation) {
        super(certificate.crypto());
        this.certificate = certificate;
        this.negotiation = negotiation;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return DtlsNegotiation.cipherSuites();
    }

    @Override
    protected boolean preferLocalCipherSuites() {
        return true;
    }

    @Override
    public int[] getSupportedGroups() {
        return DtlsNegotiation.curves();
    }

    @Override
    protected int selectECDH(int minimumCurveBits) {
        return DtlsNegotiation.chooseCurve(context.getSecurityParametersHandshake().getClientSupportedGroups());
    }

    @Override
    protected int getMaximumNegotiableCurveBits() {
        int curve = DtlsNegotiation.chooseCurve(context.getSecurityParametersHandshake().getClientSupportedGroups());
        return curve < 0 ? 0 : org.bouncycastle.tls.NamedGroup.getCurveBits(curve);
    }

    @Override
    public boolean requiresExtendedMasterSecret() {
        return true;
    }

    @Override
    public boolean shouldCheckSigAlgOfPeerCerts() {
        // Self-signed: the fingerprint is what counts.
        return false;
    }

    @Override
    public int getHandshakeTimeoutMillis() {
        return negotiation.timeoutMs();
    }

    @Override
    public int getHandshakeResendTimeMillis() {
        return DtlsNegotiation.FIRST_RESEND_MS;
    }

    @Override
    public int getMaxCertificateChainLength() {
        return DtlsNegotiation.MAX_CERTIFICATES;
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return DtlsRecordFilter.MAX_MESSAGE_BYTES;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void processClientExtensions(Hashtable clientExtensions) throws IOException {
        super.processClientExtensions(clientExtensions);
        negotiation.chooseProfile(
                clientExtensions == null ? null : TlsSRTPUtils.getUseSRTPExtension(clientExtensions));
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Hashtable getServerExtensions() throws IOException {
        Hashtable extensions = super.getServerExtensions();
        TlsSRTPUtils.addUseSRTPExtension(extensions, negotiation.answer());
        return extensions;
    }

    @Override
    public CertificateRequest getCertificateRequest() {
        return new CertificateRequest(new short[] {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign},
                DtlsNegotiation.signatures(true), null);
    }

    @Override
    public void notifyClientCertificate(Certificate clientCertificate) throws IOException {
        negotiation.verifyCertificate(clientCertificate);
    }

    @Override
    protected TlsCredentialedSigner getECDSASignerCredentials() {
        return certificate.credentials(context);
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        negotiation.exportKeys(context);
    }

    @Override
    public void notifyAlertReceived(short level, short description) {
        if (level == AlertLevel.fatal || description == AlertDescription.close_notify) {
            negotiation.setClosedByRemote();
        }
    }
}
