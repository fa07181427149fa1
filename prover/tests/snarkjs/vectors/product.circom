pragma circom 2.0.0;
template Product() {
    signal input a;
    signal input b;
    signal input c;
    signal output d;
    signal e;
    e <== a * b;
    d <== e * c + a;
}
component main {public [c]} = Product();
